# -only with the name of a post-processor selects no build.
# differs: the detail is our own.
# args: -only=first

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    name   = "first"
    inline = ["echo first"]
  }
}
