source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline = ["a"]
    environment_vars = ["=x", "novalue", "A=1"]
  }
}
