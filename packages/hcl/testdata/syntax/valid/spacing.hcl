a = 1 # no newline at the end of the file, tabs and odd spacing
	b	=	[ 1 ,2,
3 ]


  c   {   }
d "e"   "f"{
}
last = <<E
text
  E