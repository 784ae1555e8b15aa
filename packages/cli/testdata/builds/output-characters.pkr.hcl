# Everything that a terminal or a parser could stumble over, in what scripts print.
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]

  provisioner "shell-local" {
    inline = [
      "printf 'trailing   \\n\\ttabs\\t\\n   leading\\n\\n\\n'",
      "printf 'a\\rb\\r\\nc\\r\\n'",
      "printf '\\033[31mred\\033[0m\\n'",
      "printf 'a\\fb\\vc\\bd\\n'",
      "printf 'x\\302\\240\\n'",
      "echo 'a,b, %d %(PACKER_COMMA)'",
      "echo '==> null.x: not ours'",
      "echo 'üñí 漢字 🎉 back\\\\slash'",
      "printf 'no line feed'",
    ]
  }
}
