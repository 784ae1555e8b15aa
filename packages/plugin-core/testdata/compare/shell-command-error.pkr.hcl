source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "shell" {
    inline = ["a"]
    execute_command = "{{ build `Nope` }}"
  }
}
