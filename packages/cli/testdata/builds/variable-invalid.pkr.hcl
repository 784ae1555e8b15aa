# A value that its validation refuses.

variable "a" {
  type    = string
  default = "x"

  validation {
    condition     = length(var.a) > 3
    error_message = "Must be longer than three characters."
  }
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${var.a}"]
  }
}
