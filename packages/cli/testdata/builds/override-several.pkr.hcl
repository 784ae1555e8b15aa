# override for one source, and for an in-build name.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}
build {
  sources = ["null.x"]
  source "null.y" {
    name = "renamed"
  }

  provisioner "shell-local" {
    inline = ["echo plain"]
    override = {
      x       = { inline = ["echo of x"] }
      renamed = { inline = ["echo of renamed"], environment_vars = ["A=1"] }
    }
  }
}
