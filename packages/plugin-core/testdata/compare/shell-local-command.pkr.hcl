source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    command = "echo $PACKER_BUILD_NAME $PACKER_BUILDER_TYPE"
  }
}
