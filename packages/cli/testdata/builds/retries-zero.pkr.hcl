# max_retries = 0 is none, and negative numbers too.

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline      = ["exit 3"]
    max_retries = 0
  }
}
