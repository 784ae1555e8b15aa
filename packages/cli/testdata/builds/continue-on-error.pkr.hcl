# A failing provisioner that does not matter.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    continue_on_error = true
    inline = ["exit 7"]
  }
  provisioner "shell-local" {
    inline = ["echo on"]
  }
}
