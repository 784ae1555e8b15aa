# Files that replace one another, and artifacts without files.
# args: -parallel-builds=1
source "file" "f" {
  target  = "out.txt"
  content = "c"
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["file.f"]

  post-processors {
    post-processor "compress" {
      output = "o.tar"
    }
    post-processor "artifice" {
      files = ["o.tar"]
    }
    post-processor "manifest" {}
    post-processor "shell-local" {
      inline = ["ls out.txt o.tar || true"]
    }
  }
}
build {
  name    = "none"
  sources = ["null.x"]

  post-processors {
    post-processor "checksum" {
      output = "none.sum"
    }
    post-processor "manifest" {
      output = "none.json"
    }
  }
  post-processor "artifice" {
    files = ["missing"]
  }
}
