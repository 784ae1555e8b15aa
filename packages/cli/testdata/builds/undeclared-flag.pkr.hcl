# A flag for a variable that is not declared.
# args: -var=nobody=1

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
