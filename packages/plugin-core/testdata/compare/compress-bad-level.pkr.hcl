source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "compress" {
    output = "x.tar.gz"
    compression_level = -5
  }
}
