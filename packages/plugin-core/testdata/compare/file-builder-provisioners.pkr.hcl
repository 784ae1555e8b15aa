source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "shell" {
    inline = ["echo never runs"]
  }
  provisioner "shell-local" {
    inline = ["echo local"]
  }
}
