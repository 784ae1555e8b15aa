a = 'b' # error: Invalid character
c = d & e # error: Unsupported operator
f = 1; # error: Invalid character
g = `h` # error: Invalid character
i = ~j # error: Unsupported operator
# error below: Invalid multi-line string
k = "l
m = "fine"
# error below: Invalid multi-line string
n = "first
second"
o = 1
