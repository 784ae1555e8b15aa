source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline = ["exit 7"]
    valid_exit_codes = [0, 7]
  }
}
