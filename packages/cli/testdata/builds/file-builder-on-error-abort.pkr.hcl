# -on-error counts for builders with steps only.
# args: -on-error=abort

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
