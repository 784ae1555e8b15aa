# A provisioner that takes too long.
# differs: the message of the timeout always comes; in the reference it may lose a race.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    timeout = "300ms"
    inline = ["echo started", "exec sleep 20"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning"]
  }
}
