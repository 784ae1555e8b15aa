# Post-processors for some of the builds.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}

build {
  sources = ["source.null.x", "source.null.y"]

  post-processor "shell-local" {
    only   = ["null.x"]
    inline = ["echo hi"]
  }
}
