# Each retry waits again.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    pause_before = "10ms"
    max_retries = 1
    inline = ["exit 7"]
  }
}
