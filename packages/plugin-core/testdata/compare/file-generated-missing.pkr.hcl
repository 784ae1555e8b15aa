source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "file" {
    source = "made.txt"
    generated = true
    destination = "/tmp/x"
  }
}
