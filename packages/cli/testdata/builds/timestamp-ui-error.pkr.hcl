# Times before errors and retries.
# args: -timestamp-ui

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline      = ["echo err >&2", "exit 2"]
    max_retries = 1
  }
}
