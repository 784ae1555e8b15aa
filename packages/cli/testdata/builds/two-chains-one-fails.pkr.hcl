# The second chain goes on when the first has failed.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    inline = ["exit 3"]
  }
  post-processor "shell-local" {
    inline = ["echo hi"]
  }
}
