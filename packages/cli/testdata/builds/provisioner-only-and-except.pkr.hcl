# only and except together.

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
    except = ["null.y"]
    inline = ["echo hi"]
  }
}
