source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "shell" {
    scripts = ["files/greet.sh", "files/greet.sh"]
    pause_after = "10ms"
    remote_path = "/tmp/x.sh"
  }
}
