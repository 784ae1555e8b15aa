# -on-error with a word that it does not know.
# differs: the help text is our own.
# args: -on-error=maybe

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo before", "exit 7"]
  }
}
