# override for a build that is not there.

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline   = ["echo plain"]
    override = { nobody = { inline = ["echo nobody"] } }
  }
}
