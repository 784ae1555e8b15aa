# One source twice in a build.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x", "null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
