# -ignore-prerelease-plugins.
# args: -ignore-prerelease-plugins

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo hi"]
  }
}
