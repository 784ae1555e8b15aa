source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    only_on = ["windows"]
    inline = ["echo no"]
  }
  provisioner "shell-local" {
    only_on = ["linux"]
    inline = ["echo yes"]
  }
}
