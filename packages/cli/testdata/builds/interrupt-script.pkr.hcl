# Ctrl-C while a script runs.
# signal: SIGINT after started

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]

  provisioner "shell-local" {
    inline = ["echo started", "trap : INT", "sleep 20"]
  }
  provisioner "shell-local" {
    inline = ["exec sleep 20"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning"]
  }
}
