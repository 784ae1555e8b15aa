# The only build cannot be prepared.
# differs: each mistake is a message of its own.

source "file" "f" {
  content = "hi"
}

build {
  sources = ["source.file.f"]
}
