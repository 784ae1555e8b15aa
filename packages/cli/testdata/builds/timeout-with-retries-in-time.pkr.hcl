# A timeout that is not reached, and retries.

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline      = ["test -e ok || { touch ok; exit 1; }"]
    timeout     = "30s"
    max_retries = 2
  }
}
