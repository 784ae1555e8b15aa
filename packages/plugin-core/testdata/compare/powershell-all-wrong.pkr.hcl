source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "powershell" {
    inline = ["a"]
    script = "files/none.ps1"
    environment_vars = ["=x"]
  }
}
