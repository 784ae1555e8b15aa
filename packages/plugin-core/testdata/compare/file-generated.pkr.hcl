source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "shell-local" {
    inline = ["echo made > made.txt"]
  }
  provisioner "file" {
    source = "made.txt"
    generated = true
    destination = "/tmp/x"
  }
}
