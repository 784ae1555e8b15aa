source "file" "f" {
  source  = "files/greet.sh"
  content = "x"
  target  = "out"
}

build {
  sources = ["file.f"]
}
