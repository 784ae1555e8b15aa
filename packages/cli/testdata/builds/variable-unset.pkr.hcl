# A variable without a value.

variable "a" {}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${var.a}"]
  }
}
