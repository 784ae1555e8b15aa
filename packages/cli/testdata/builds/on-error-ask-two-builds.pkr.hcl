# A failing build before one that succeeds, with -on-error=ask.
# args: -parallel-builds=1 -on-error=ask

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}

build {
  sources = ["source.null.x", "source.null.y"]

  provisioner "shell-local" {
    inline = ["test $PACKER_BUILD_NAME = y"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning"]
  }
}
