# -on-error=ask asks only where there are steps.
# args: -on-error=ask

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["file.f"]

  provisioner "shell-local" {
    inline = ["exit 3"]
  }
}
