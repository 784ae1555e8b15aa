# Two chains from the same artifact.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "compress" {
    output = "a.zip"
  }
  post-processor "shell-local" {
    inline = ["echo hi"]
  }
}
