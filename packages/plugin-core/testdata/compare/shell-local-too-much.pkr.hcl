source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    command = "a"
    inline = ["b"]
    script = "files/greet.sh"
  }
}
