# -color and -timestamp-ui.
# args: -color=true -timestamp-ui

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo hi"]
  }
}
