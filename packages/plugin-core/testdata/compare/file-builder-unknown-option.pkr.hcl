source "file" "f" {
  content = "x"
  target = "x"
  bogus = 1
}

build {
  sources = ["file.f"]
}
