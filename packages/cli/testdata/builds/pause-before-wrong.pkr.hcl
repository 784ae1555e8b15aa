# A pause_before that is no duration.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    pause_before = "soon"
    inline = ["echo hi"]
  }
}
