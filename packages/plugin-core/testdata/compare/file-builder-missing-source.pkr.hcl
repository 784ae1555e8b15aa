source "file" "f" {
  source = "files/none"
  target = "out/x"
}

build {
  sources = ["file.f"]
}
