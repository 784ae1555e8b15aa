# What -machine-readable has to escape.

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["printf 'a,b\\\\n%%!(PACKER_COMMA) c\\\\rd %%d %%s \\\\\\\\n \u00e9 \\\\t<&>\\\\n'", "echo 'err,or' >&2"]
  }
}
