source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell" {
    script = "files/greet.sh"
    scripts = ["files/greet.sh"]
  }
}
