source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "checksum" {
    checksum_types = ["sha1", "sha256"]
    output = "sums.txt"
  }
}
