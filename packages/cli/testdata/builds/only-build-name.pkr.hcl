# Builds with names of their own.
# args: -only=first.*

source "null" "x" {
  communicator = "none"
}
build {
  name    = "first"
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo first"]
  }
}
build {
  name    = "second"
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo second"]
  }
}
