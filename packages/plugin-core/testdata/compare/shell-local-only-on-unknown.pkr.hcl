source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    only_on = ["beos"]
    inline = ["echo no"]
  }
}
