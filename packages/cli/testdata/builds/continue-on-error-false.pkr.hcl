# continue_on_error = false is the default.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    continue_on_error = false
    inline = ["exit 7"]
  }
  provisioner "shell-local" {
    inline = ["echo on"]
  }
}
