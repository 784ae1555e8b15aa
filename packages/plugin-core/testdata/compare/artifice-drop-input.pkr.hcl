source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  post-processor "artifice" {
    files = ["files/two.txt"]
    keep_input_artifact = false
  }
}
