# The error-cleanup-provisioner of a build that succeeds.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo hi"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning"]
  }
}
