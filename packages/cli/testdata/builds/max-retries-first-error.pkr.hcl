# The first error is the one that counts.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    max_retries = 1
    inline = ["test -e mark && exit 8", "touch mark", "exit 7"]
  }
}
