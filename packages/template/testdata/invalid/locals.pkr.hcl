locals {
  a = 1
}
local "a" {
  expression = 2 # error: Duplicate local definition
}
local "no-expression" {} # error: Missing required argument
local "5" { # error: Invalid local name
  expression = 1
}
