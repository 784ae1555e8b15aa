data "http" "d" {
  url             = "http://127.0.0.1:1/"
  request_headers = { "A b" = "x" }
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
