# A build that cannot be prepared, beside a good one.
# differs: each mistake is a message of its own.
# args: -parallel-builds=1

source "file" "f" {
  content = "hi"
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.file.f", "source.null.x"]
}
