source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    use_linux_pathing = true
    inline = ["a"]
  }
}
