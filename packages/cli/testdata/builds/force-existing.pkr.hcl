# -force and files that exist.
# args: -force
# file: out.txt = old
# file: out.tar.gz = old

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processor "compress" {
    output = "out.tar.gz"
  }
}
