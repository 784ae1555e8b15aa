# Each post-processor of a chain keeps what it gets.

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "artifice" {
      files               = ["out.txt"]
      keep_input_artifact = true
    }
    post-processor "checksum" {
      checksum_types      = ["md5"]
      output              = "sum.{{.ChecksumType}}"
      keep_input_artifact = true
    }
    post-processor "compress" {
      output              = "out.tar.gz"
      keep_input_artifact = true
    }
  }
}
