# A timeout that is no duration.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    timeout = "soon"
    inline = ["echo hi"]
  }
}
