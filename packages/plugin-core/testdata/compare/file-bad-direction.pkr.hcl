source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "file" {
    source = "files/none"
    direction = "sideways"
    destination = "/tmp/x"
  }
}
