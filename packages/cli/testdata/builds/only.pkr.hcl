# -only picks builds.
# args: -only=null.y

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
