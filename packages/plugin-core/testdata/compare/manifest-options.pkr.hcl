source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "manifest" {
    output = "m.json"
    strip_path = true
    strip_time = true
    custom_data = {
      b = "<{{.ID}}>&"
      a = "${upper("x")}"
    }
  }
}
