# Two builds of one name.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo two"]
  }
}
