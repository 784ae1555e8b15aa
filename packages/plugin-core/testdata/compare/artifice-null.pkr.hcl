source "null" "n" {
  communicator = "none"
}

build {
  sources = ["null.n"]

  post-processor "artifice" {
    files = ["files/two.txt"]
  }
}
