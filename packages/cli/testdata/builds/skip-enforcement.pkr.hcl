# -skip-enforcement says what it skips.
# args: -skip-enforcement

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo hi"]
  }
}
