# A number of builds below one means all.
# args: -parallel-builds=-3

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
