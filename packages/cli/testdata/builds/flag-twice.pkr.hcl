# The last of a flag counts.
# args: -on-error=abort -on-error=cleanup -var=v=1 -var=v=2

variable "v" {}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${var.v}", "exit 1"]
  }
}
