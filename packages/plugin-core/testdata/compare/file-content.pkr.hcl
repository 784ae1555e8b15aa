source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "file" {
    content = "text"
    destination = "/tmp/x"
  }
}
