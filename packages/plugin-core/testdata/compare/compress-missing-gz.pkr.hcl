source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processors {
    post-processor "shell-local" {
      inline = ["rm out/a.txt"]
    }
    post-processor "compress" {
      output = "x.gz"
    }
  }
}
