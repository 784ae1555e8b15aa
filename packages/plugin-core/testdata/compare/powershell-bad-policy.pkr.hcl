source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "powershell" {
    inline = ["a"]
    execution_policy = "foo"
  }
}
