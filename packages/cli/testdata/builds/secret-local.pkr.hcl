# A sensitive local value with strings inside.

local "secret" {
  expression = { a = ["tulip"], n = 5 }
  sensitive  = true
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["echo tulip 5"]
  }
}
