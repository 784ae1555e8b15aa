# The error-cleanup-provisioner fails too, with -on-error=ask.
# args: -on-error=ask

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning; exit 4"]
  }
}
