source "file" "f" {
  content = "hello\n"
  target  = "out/a.txt"
}

build {
  sources = ["file.f"]

  provisioner "shell-local" {
    inline = ["mkdir -p out; touch out/b.txt out/c.log"]
  }
  post-processor "artifice" {
    files = ["out/*.txt", "files/two.txt", "nothing/*"]
  }
}
