# A sensitive variable of several lines.

variable "secret" {
  default   = "alpha\nomega"
  sensitive = true
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo omega then alpha"]
  }
}
