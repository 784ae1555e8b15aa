# A sensitive variable.

variable "secret" {
  default   = "hunter2"
  sensitive = true
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo the secret is ${var.secret}, really", "exit 7"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo ${var.secret}"]
  }
}
