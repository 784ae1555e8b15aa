# The error-cleanup-provisioner fails too, with -on-error=abort.
# args: -on-error=abort

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
