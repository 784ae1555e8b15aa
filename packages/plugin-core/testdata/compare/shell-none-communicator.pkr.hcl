source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell" {
    inline = ["a"]
    start_retry_timeout = "1s"
  }
}
