# Values of the machine in a provisioner.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo ${build.ID} ${build.PackerRunUUID} '${build.Host}' '${build.PackerHTTPAddr}'"]
  }
}
