source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processors {
    post-processor "artifice" {
      files = ["files/two.txt", "files/greet.sh"]
    }
    post-processor "compress" {
      output = "x.tar"
    }
  }
}
