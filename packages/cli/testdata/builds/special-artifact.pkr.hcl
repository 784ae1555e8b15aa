# Commas and per cent signs in names of files.

source "file" "f" {
  target  = "a,b %d.txt"
  content = "x,y\n"
}
build {
  sources = ["source.file.f"]

  post-processor "manifest" {
    output = "m,1.json"
    custom_data = { "k,ey" = "v\nalue" }
  }
}
