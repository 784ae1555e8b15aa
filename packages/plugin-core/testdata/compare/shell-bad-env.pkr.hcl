source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell" {
    inline = ["a"]
    environment_vars = ["=x"]
  }
}
