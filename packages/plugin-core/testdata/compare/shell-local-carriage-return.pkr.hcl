source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline = ["printf '10%%\\r20%%\\rdone  \\n\\nlast'"]
  }
}
