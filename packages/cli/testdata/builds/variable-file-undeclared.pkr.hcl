# -warn-on-undeclared-var.
# args: -warn-on-undeclared-var -var-file=c.pkrvars.hcl
# file: c.pkrvars.hcl = c = "three"

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo hi"]
  }
}
