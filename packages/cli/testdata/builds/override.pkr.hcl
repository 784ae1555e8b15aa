# Other arguments for one of the builds.
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
    inline = ["echo usual"]
    override = {
      y = {
        inline = ["echo special"]
      }
    }
  }
}
