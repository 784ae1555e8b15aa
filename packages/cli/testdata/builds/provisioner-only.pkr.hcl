# Provisioners for some of the builds.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}

build {
  sources = ["source.null.x", "source.null.y"]

  provisioner "shell-local" {
    only = ["null.x"]
    inline = ["echo only x"]
  }
  provisioner "shell-local" {
    except = ["null.x"]
    inline = ["echo not x"]
  }
}
