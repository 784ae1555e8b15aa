# A failing provisioner with -on-error=abort.
# args: -on-error=abort

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
}
