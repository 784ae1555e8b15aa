# pause_before waits before the provisioner.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    pause_before = "10ms"
    inline = ["echo hi"]
  }
}
