source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    execute_command = ["/bin/sh", "-c", "echo [{{.Vars}}]; {{.Script}}"]
    script = "files/greet.sh"
    env = { WHO = "x y" }
  }
}
