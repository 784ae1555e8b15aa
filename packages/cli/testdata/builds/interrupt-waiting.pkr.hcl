# A signal while a build waits for its turn.
# args: -parallel-builds=1
# signal: SIGINT after Pausing

source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}
build {
  sources = ["null.x", "null.y"]

  provisioner "shell-local" {
    pause_before = "20s"
    inline       = ["echo never"]
  }
}
