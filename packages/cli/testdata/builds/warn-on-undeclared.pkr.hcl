# Values of variables that are not declared.
# args: -warn-on-undeclared-var -var-file=v.pkrvars.hcl
# file: v.pkrvars.hcl = "nobody = 1\nnothing = 2\n"

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo one"]
  }
}
