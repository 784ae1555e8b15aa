# The artifact goes when the first post-processor fails.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    inline = ["exit 3"]
  }
}
