# -use-sequential-evaluation.
# args: -use-sequential-evaluation

locals {
  a = "b"
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${local.a}"]
  }
}
