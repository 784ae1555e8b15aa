source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "file" {
    source = "files/greet.sh"
  }
}
