# Without -force the file builder replaces its file too.
# file: out.txt = old

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]
}
