# Of three builds the second fails.
# args: -parallel-builds=1

source "null" "a" {
  communicator = "none"
}
source "null" "b" {
  communicator = "none"
}
source "null" "c" {
  communicator = "none"
}
build {
  sources = ["null.a", "null.b", "null.c"]

  provisioner "shell-local" {
    inline = ["test $PACKER_BUILD_NAME != b"]
  }
}
