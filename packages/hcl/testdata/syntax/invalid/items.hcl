a = 1 b = 2 # error: Missing newline after argument
c = 1, # error: Unexpected comma after argument
d {} e {} # error: Missing newline after block definition
f { g = 1 h = 2 } # error: Invalid single-argument block definition
i { j = 1, k = 2 } # error: Invalid single-argument block definition
l { m {} } # error: Argument definition required
n { o } # error: Argument or block definition required
p q # error: Invalid block definition
r "s" = 1 # error: Invalid block definition
t "u" + # error: Invalid block definition
"v" = 1 # error: Invalid argument name
} # error: Argument or block definition required
w # error: Argument or block definition required
x = # error: Invalid expression
fine = 1
fine = 2 # error: Attribute redefined
