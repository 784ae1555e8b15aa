# A provisioner that succeeds the second time.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    max_retries = 2
    inline = ["test -e mark || { touch mark; exit 7; }", "echo well"]
  }
}
