# An error of several lines, with a comma.

source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["source.file.f"]

  post-processor "shell-local" {
    inline         = ["exit 3"]
    execute_command = ["/no/such, program", "{{.Script}}"]
  }
}
