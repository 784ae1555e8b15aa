# A template without builds.

source "null" "x" {
  communicator = "none"
}
