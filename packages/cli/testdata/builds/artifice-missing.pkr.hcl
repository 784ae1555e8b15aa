# A chain that wants to go on with a file that is not there.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "artifice" {
    files = ["missing.txt"]
  }
}
