# A builder that fails.

source "file" "f" {
  target = "out.txt"
  source = "missing.txt"
}

build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    inline = ["echo never"]
  }
}
