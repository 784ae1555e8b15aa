# Variables from the command line, the environment and a file.
# args: -var a=one -var-file=c.pkrvars.hcl
# env: PKR_VAR_b=two
# file: c.pkrvars.hcl = c = "three"

variable "a" {}
variable "b" {}
variable "c" {}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${var.a} ${var.b} ${var.c}"]
  }
}
