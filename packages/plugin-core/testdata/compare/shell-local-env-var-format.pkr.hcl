source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    env_var_format = "export %s='%s'; "
    inline = ["echo $WHO"]
    env = { WHO = "fmt" }
  }
}
