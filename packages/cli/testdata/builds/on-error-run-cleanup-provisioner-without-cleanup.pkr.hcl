# A failing provisioner with -on-error=run-cleanup-provisioner.
# args: -on-error=run-cleanup-provisioner

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
}
