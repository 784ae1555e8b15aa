# A source under another name, with more arguments.

source "null" "x" {
  communicator = "none"
}

build {
  source "null.x" {
    name = "other"
  }

  provisioner "shell-local" {
    inline = ["echo $PACKER_BUILD_NAME of type $PACKER_BUILDER_TYPE"]
  }
}
