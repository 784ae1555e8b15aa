locals {
  a = [1, 2
  b = "x" # error: Missing item separator
}
