# Two build blocks, one with a name.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}

build {
  name    = "first"
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}

build {
  sources = ["source.null.y"]

  provisioner "shell-local" {
    inline = ["echo two"]
  }
}
