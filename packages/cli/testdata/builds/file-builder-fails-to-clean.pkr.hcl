# A builder that runs no provisioners runs no error-cleanup-provisioner either.
# differs: the error-cleanup-provisioner runs for every builder that has a machine.

source "file" "f" {
  target  = "out.txt"
  content = "hi\n"
}

build {
  sources = ["source.file.f"]

  provisioner "shell-local" {
    inline = ["exit 7"]
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo cleaning"]
  }
}
