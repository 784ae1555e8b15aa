# -except leaves no build.
# differs: the detail is our own.
# args: -except=null.*

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
