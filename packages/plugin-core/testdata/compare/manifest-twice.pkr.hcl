source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "manifest" {
    strip_time = true
  }
  post-processor "manifest" {
    strip_time = true
  }
}
