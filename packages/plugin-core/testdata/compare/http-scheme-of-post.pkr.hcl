data "http" "d" {
  url    = "ftp://127.0.0.1/"
  method = "POST"
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
