source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "file" {
    sources = ["files/none", "nope"]
    destination = "/tmp/x"
  }
}
