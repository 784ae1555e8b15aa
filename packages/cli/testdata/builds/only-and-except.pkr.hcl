# -only and -except together.
# args: -parallel-builds=1 -only=null.* -except=*.b

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
    inline = ["echo $PACKER_BUILD_NAME"]
  }
}
