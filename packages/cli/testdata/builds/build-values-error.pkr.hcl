# A provisioner that fails in its configuration when the machine is there.
# differs: the summary says what is wrong.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${build.Nothing}"]
  }
}
