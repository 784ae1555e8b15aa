source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "windows-restart" {
    restart_timeout = "foo"
  }
}
