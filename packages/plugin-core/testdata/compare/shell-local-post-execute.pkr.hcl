source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "shell-local" {
    execute_command = ["echo one; {{.Script}}"]
    inline = ["echo two"]
  }
}
