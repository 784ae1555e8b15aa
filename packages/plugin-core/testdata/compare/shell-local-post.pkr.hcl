source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "shell-local" {
    inline = ["echo post $PACKER_BUILD_NAME", "cat out/a.txt"]
  }
}
