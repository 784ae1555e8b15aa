# Post-processors one after the other: the archive in between goes.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "compress" {
      output = "a.tar"
    }
    post-processor "compress" {
      output = "b.gz"
    }
  }
}
