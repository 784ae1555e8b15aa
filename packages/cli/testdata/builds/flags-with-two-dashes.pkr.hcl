# Two dashes are as good as one.
# args: --force --on-error cleanup --parallel-builds 1 --var v=a=b

variable "v" {}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${var.v}"]
  }
}
