source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "file" {
    content = "text"
    source = "files/greet.sh"
    destination = "/tmp/x"
  }
}
