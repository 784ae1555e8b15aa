# Two sources of one name.

source "null" "x" {
  communicator = "none"
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
