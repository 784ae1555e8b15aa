a=1

  b {
	ccc=1 # c
d=2 # d
   
}
e=<<EOT
  kept
  EOT
f=2
/* x
 y */g=1 # c
hh=1 # d
