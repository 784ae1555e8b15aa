# Each attempt has its own limit.
# differs: a retry after a timeout really tries again; in the reference it fails at once.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    timeout = "300ms"
    max_retries = 1
    inline = ["test -e mark || { touch mark; exec sleep 20; }", "echo well"]
  }
}
