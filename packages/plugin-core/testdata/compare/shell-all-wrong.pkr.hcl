source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell" {
    script = "files/none.sh"
    scripts = ["b"]
    inline = ["a"]
    environment_vars = ["x"]
  }
}
