# The rest of a chain is left out after a failure.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "compress" {
      output = "a.zip"
    }
    post-processor "shell-local" {
      inline = ["exit 3"]
    }
    post-processor "shell-local" {
      inline = ["echo never"]
    }
  }
}
