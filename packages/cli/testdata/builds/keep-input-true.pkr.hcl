# keep_input_artifact = true keeps what compress would remove.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "compress" {
    output              = "out.zip"
    keep_input_artifact = true
  }
}
