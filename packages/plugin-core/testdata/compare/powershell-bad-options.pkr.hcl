source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "powershell" {
    inline = ["a"]
    elevated_password = "x"
    debug_mode = 5
  }
}
