# Ctrl-C in a pause.
# signal: SIGINT after Pausing

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    pause_before = "20s"
    inline       = ["echo never"]
  }
  post-processor "shell-local" {
    inline = ["echo never"]
  }
}
