data "http" "d" {
  url = "://x"
}

source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  provisioner "shell-local" {
    inline = ["echo '${jsonencode(data.http.d)}'"]
  }
}
