data "http" "d" {
  url = "http://127.0.0.1:PORT/a"
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
