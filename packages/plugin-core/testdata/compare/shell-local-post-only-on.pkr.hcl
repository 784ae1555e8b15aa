source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processors {
    post-processor "shell-local" {
      only_on = ["windows"]
      inline = ["exit 3"]
    }
    post-processor "checksum" {
    }
  }
}
