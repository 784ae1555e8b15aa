# Variables of the environment, of a file and of flags.
# env: PKR_VAR_a=from environment
# env: PKR_VAR_b=from environment
# env: PKR_VAR_c=from environment
# env: PKR_VAR_l=["x", "y"]
# file: v.pkrvars.hcl = "b = \"from file\"\nc = \"from file\"\n"
# args: -var-file=v.pkrvars.hcl -var=c=flag

variable "a" {}
variable "b" {}
variable "c" {}
variable "l" { type = list(string) }
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo '${var.a}, ${var.b}, ${var.c}, ${join(" ", var.l)}'"]
  }
}
