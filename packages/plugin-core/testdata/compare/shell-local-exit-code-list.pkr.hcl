source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline = ["exit 0"]
    valid_exit_codes = [3, 4]
  }
}
