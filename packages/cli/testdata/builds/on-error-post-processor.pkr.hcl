# A failing post-processor with -on-error=abort.
# args: -on-error=abort

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
