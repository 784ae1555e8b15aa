source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "file" {
    direction = "download"
    source = "/etc/x"
    destination = "got/x"
  }
  provisioner "file" {
    direction = "download"
    source = "/etc/y"
    destination = "got2/"
  }
}
