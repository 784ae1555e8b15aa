# A build without sources.

source "null" "x" {
  communicator = "none"
}
build {
  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
