# A signal while a post-processor runs.
# differs: the error is that of the interrupt.
# signal: SIGINT after started

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    inline = ["echo started", "exec sleep 20"]
  }
}
