source "file" "f" {
  content = "x"
  target = "files"
}

build {
  sources = ["file.f"]
}
