source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "windows-shell" {
  }
}
