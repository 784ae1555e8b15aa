source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "file" {
    source = "files/greet.sh"
    destination = "/tmp/x"
  }
  provisioner "file" {
    sources = ["files/greet.sh", "files/two.txt"]
    source = "files"
    destination = "/tmp/"
  }
}
