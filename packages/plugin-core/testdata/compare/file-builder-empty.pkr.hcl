source "file" "f" {
  target = "empty"
}

build {
  sources = ["file.f"]
}
