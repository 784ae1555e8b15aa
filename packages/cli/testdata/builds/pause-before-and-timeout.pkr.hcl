# pause_before switches timeout off.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    pause_before = "10ms"
    timeout = "100ms"
    inline = ["sleep 0.3", "echo hi"]
  }
}
