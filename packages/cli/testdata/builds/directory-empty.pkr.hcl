# A folder without templates.
# template: sub
# file: sub/readme.txt = nothing

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

}
