# -timestamp-ui writes the time before what builds say.
# args: -timestamp-ui

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["printf 'a\\nb\\n'"]
  }
}
