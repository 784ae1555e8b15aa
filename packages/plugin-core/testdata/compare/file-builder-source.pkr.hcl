source "file" "f" {
  source = "files/greet.sh"
  target = "out/deep/b.sh"
}

build {
  sources = ["file.f"]
}
