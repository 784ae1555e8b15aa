locals {
  a = 1
}
local "a" { # error: Duplicate local definition
  expression = 2
}
local "no-expression" {} # error: Missing required argument
local "5" { # error: Invalid local name
  expression = 1
}
