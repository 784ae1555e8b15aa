# Three chains of one artifact: one keeps it, one does not, one fails.

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processor "compress" {
    output              = "a.tar.gz"
    keep_input_artifact = false
  }
  post-processors {
    post-processor "compress" {
      output              = "b.zip"
      keep_input_artifact = true
    }
    post-processor "shell-local" {
      inline = ["echo second"]
    }
  }
  post-processor "shell-local" {
    inline = ["exit 9"]
  }
}
