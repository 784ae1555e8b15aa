# Names of sources in a build, and one source in several builds.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
build {
  name = "a"
  source "null.x" {
    name = "one"
  }
  source "null.x" {
    name = "two"
  }
  provisioner "shell-local" {
    inline = ["echo $PACKER_BUILD_NAME ${source.name} ${source.type}"]
  }
}
build {
  name    = "b"
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo $PACKER_BUILD_NAME"]
  }
}
build {
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo unnamed"]
  }
}
