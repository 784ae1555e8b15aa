source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline_shebang = "/bin/sh -ex"
    inline = ["true"]
  }
}
