# Two chains fail.

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    inline = ["exit 1"]
  }
  post-processor "shell-local" {
    inline = ["exit 2"]
  }
}
