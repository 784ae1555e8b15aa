# A builder that fails beside a good one.
# args: -parallel-builds=1

source "file" "f" {
  target = "builder-fails-beside.pkr.hcl/out.txt"
  content = "hi"
}
source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.file.f", "source.null.x"]
}
