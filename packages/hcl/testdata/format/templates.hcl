a="plain  text , kept"
b="${ x }"
c="a${ x }b${ y }${ z }"
d="${ { a=1 } }"
e="%{ if a ~}yes%{ else }no%{~ endif }"
f="%{ for x in[1,2] }${ x },%{ endfor }"
g="$${ x } %%{ if }"
h=<<EOT
  ${ x }  text
    %{ if  y }
 kept
%{ endif }
	EOT
i=<<-EOT
      indented ${ upper ( x ) }
    closing marker stays
      EOT
j=[<<ONE
  one
ONE
, <<TWO
 two
    TWO
  ]
k=join(",",[<<A
   a
A
])
l="${ x }${ { } }"
m=<<EOT
${
x
}
EOT
n={a="${"${ b }"}"}
