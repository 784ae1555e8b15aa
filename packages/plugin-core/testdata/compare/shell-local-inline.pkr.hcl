source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline = ["echo one; sleep 0.3", "echo two >&2; sleep 0.3", "echo three"]
  }
}
