# Three builds, all fail.
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
    inline = ["echo $PACKER_BUILD_NAME", "exit 4"]
  }
}
