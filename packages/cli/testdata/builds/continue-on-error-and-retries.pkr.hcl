# It matters not even after all retries.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    continue_on_error = true
    max_retries = 1
    inline = ["exit 7"]
  }
  provisioner "shell-local" {
    inline = ["echo on"]
  }
}
