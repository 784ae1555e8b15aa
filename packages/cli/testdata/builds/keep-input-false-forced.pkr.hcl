# keep_input_artifact = false where the post-processor needs its input.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  post-processor "checksum" {
    checksum_types      = ["md5"]
    output              = "{{.ChecksumType}}.txt"
    keep_input_artifact = false
  }
}
