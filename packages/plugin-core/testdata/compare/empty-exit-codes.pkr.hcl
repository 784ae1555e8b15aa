source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline           = ["exit 3"]
    valid_exit_codes = []
  }
}
