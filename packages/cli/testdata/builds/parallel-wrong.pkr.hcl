# differs: the help text is our own.
# args: -parallel-builds=many

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
