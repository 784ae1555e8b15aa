# A folder as template, with a file of variables.
# template: .
# file: more.pkr.hcl = "locals { more = \"more ${var.v}\" }\n"
# file: a.auto.pkrvars.hcl = "v = \"auto\"\n"
# file: ignored.pkrvars.hcl = "v = \"not this\"\n"

variable "v" {}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${local.more}"]
  }
}
