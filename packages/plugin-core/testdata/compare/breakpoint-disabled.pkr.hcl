source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "breakpoint" {
    disable = true
  }
  provisioner "breakpoint" {
    disable = true
    note = "look"
  }
}
