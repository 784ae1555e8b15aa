a=1
bcd=2 # two
efghij=3 // three
k=4 /* four */

l=5
mnop=<<EOT
  text = kept
EOT
qrstuv=6 # six
w=[ # opens
1,2] # closes
x={}
yy  = { a=1 }
zzz={
a=1
bb:2
"c c"=3
(d)=4
eeee=5,f=6
}
b { # three
aaaa=1 # four
} # five
ключ=1
e=2 # é
