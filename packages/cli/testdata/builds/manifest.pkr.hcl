# The manifest of two builds.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.null.x", "source.file.f"]

  post-processor "manifest" {
    output = "m.json"
  }
}
