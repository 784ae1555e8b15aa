# A chain that goes on with other files.
# file: other.txt = other

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "artifice" {
      files = ["other.txt"]
    }
    post-processor "compress" {
      output = "a.zip"
    }
  }
}
