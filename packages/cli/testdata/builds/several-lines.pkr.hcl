# What a command prints keeps its lines.

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["source.null.x"]

  provisioner "shell-local" {
    inline = ["printf 'a\\n\\n  b \\nc'", "echo "quoted, with comma""]
  }
}
