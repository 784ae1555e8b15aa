# compress replaces what it compresses.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "compress" {
    output = "out.zip"
  }
}
