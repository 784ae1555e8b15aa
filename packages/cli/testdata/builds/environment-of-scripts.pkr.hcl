# What scripts get.
# env: FOO=bar

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    environment_vars = ["A=1", "B=two words", "C=it's"]
    env              = { D = "x=y" }
    inline           = ["echo $FOO $A $B $C $D $PACKER_BUILD_NAME $PACKER_BUILDER_TYPE"]
  }
}
