# shell-local post-processors with and without keep_input_artifact.

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "shell-local" {
      inline              = ["echo one"]
      keep_input_artifact = false
    }
    post-processor "shell-local" {
      inline              = ["echo two"]
      keep_input_artifact = true
    }
    post-processor "manifest" {
      output = "m.json"
      keep_input_artifact = false
    }
  }
}
