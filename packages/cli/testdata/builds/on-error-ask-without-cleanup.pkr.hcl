# A failing provisioner with -on-error=ask.
# args: -on-error=ask

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
}
