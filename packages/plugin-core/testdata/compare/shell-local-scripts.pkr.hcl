source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    scripts = ["files/greet.sh", "files/greet.sh"]
    env = { WHO = "env" }
    environment_vars = ["WHO=list"]
  }
}
