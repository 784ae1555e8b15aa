# -except takes out a named post-processor and what comes after it.
# args: -except=second

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processors {
    post-processor "shell-local" {
      name   = "first"
      inline = ["echo first"]
    }
    post-processor "shell-local" {
      name   = "second"
      inline = ["echo second"]
    }
    post-processor "shell-local" {
      name   = "third"
      inline = ["echo third"]
    }
  }
}
