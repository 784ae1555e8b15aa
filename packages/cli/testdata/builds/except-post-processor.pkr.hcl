# -except leaves out a post-processor and the rest of its chain.
# args: -except=middle

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "shell-local" {
      inline = ["echo one"]
    }
    post-processor "shell-local" {
      name   = "middle"
      inline = ["echo two"]
    }
    post-processor "shell-local" {
      inline = ["echo three"]
    }
  }
}
