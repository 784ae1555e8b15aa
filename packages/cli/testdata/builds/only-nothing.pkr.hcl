# -only that picks nothing.
# differs: the detail is our own.
# args: -only=null.z

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}

build {
  sources = ["source.null.x", "source.null.y"]

  provisioner "shell-local" {
    inline = ["echo $PACKER_BUILD_NAME of type $PACKER_BUILDER_TYPE"]
  }
}
