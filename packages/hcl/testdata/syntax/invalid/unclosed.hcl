a { # error: Unclosed configuration block
  b = 1
