# Two errors in one build.

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
    name   = "second"
    inline = ["exit 4"]
  }
}
