# A provisioner that keeps its limit.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    timeout = "90s"
    inline = ["echo hi"]
  }
}
