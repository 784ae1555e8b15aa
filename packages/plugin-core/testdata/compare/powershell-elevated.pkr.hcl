source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "powershell" {
    inline = ["dir"]
    elevated_user = "me"
    elevated_password = "pw"
    pause_after = "5ms"
  }
}
