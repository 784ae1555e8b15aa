# -color in a pipe.
# args: -color=true -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}

build {
  sources = ["source.null.x", "source.null.y"]

  provisioner "shell-local" {
    inline = ["printf 'a\\nb\\n'", "test $PACKER_BUILD_NAME = y"]
  }
}
