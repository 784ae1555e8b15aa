source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    tempfile_extension = "foo"
    inline = ["echo done"]
  }
}
