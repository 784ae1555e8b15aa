# Durations are printed in their shortest form.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    pause_before = "0.001s"
    inline = ["echo hi"]
  }
  provisioner "shell-local" {
    pause_before = "1ms500us"
    inline = ["echo hi"]
  }
}
