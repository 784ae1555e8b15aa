# Each mistake is reported although all are in one file, and each once.
source "null" "a" {
  a = [1 2] # error: Missing item separator
  b = { c = 1 d = 2 } # error: Missing attribute separator
  e = (1 + 2 # error below: Unbalanced parentheses
  f = g ? 1 # error: Missing false expression in conditional
  h = i.0.1 # error: Invalid legacy index syntax
  j = k.*.* # error: Nested splat expression not allowed
  l = [for m n : o] # error: Invalid 'for' expression
  p = "${q r}" # error: Extra characters after interpolation expression
  s = "%{ if t }" # error: Unexpected end of template
  u = "\w" # error: Invalid escape sequence
  v = 1.2.3 # error: Invalid number literal
  w = f(1, 2... # error: Missing closing parenthesis
}

build {
  x = y. # error: Invalid attribute name
  fine {
    z = 1 + # error: Invalid expression
  }
}
