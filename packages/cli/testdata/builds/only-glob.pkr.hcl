# -only with a pattern.
# args: -parallel-builds=1 -only=null.*

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}
source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.null.x", "source.null.y", "source.file.f"]

  provisioner "shell-local" {
    inline = ["echo $PACKER_BUILD_NAME of type $PACKER_BUILDER_TYPE"]
  }
}
