# -force lets builders replace things.
# args: -force
# file: out.txt = old

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]
}
