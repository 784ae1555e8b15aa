   # at the beginning   
  // slashes
 /* block */
/* block
      over lines, kept
   */
a=1 /* after */
b=/* between */2
c=3/* close */# and line
  d { /* in a body */
  # indented
        // more
e=1 # one
ff=22 # two

ggg=333 # three
/* before */ h=4
  }
i=[ # first
# alone
1, # one
22,# two

333 # three
] # end
j=1 /* several
lines */ # tail
kk=2 # tail
# at the end
