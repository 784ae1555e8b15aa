variable "greeting" {}

source "null" "here" {
  communicator = "none"
}

build {
  sources = ["source.null.here"]

  provisioner "shell-local" {
    inline = ["echo ${var.greeting}"]
  }
}
