# A failing provisioner with -on-error=ask and an error-cleanup-provisioner.
# args: -on-error=ask

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
  provisioner "shell-local" {
    inline = ["echo never"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning"]
  }
}
