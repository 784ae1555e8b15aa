source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "file" {
    destination = "/tmp/x"
  }
}
