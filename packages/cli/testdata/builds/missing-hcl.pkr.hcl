# A template of HCL that is not there.
# template: nowhere.pkr.hcl

source "null" "x" {
  communicator = "none"
}
