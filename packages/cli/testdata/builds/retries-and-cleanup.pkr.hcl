# Retries are used up, then the error-cleanup-provisioner runs.

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline      = ["echo try", "exit 3"]
    max_retries = 1
  }
  error-cleanup-provisioner "shell-local" {
    inline      = ["echo clean", "exit 4"]
    max_retries = 1
  }
}
