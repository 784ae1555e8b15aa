source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    script = "files/greet.sh"
    environment_vars = ["WHO=it's", "B=a=b"]
  }
}
