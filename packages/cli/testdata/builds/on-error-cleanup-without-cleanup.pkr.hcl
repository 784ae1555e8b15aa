# A failing provisioner with -on-error=cleanup.
# args: -on-error=cleanup

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
}
