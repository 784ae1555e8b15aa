# A template that is not there.
# template: nowhere.json

source "null" "x" {
  communicator = "none"
}
