# Colours mean nothing to machines.
# args: -color=true -timestamp-ui=true

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
