# Names of post-processors, and the same name as the type.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  post-processor "shell-local" {
    name   = "p"
    inline = ["echo hi"]
  }
  post-processor "shell-local" {
    name   = "shell-local"
    inline = ["echo ho"]
  }
}
