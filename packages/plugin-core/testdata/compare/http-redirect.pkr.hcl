data "http" "d" {
  url = "http://127.0.0.1:PORT/redirect"
  method = "POST"
  request_body = "hi"
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
