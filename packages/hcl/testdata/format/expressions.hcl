locals {
a=1+2*3-4/5%6
b=- 1
c=(- x)
d=[-1,- 2]
e=! x&&!y||z
f=a?b:c
g=a==b!=c<d<=e>f>=g
h=x . y . z
i=x [0] ["k"] . w
j=x . * . y
k=x [ * ] . y
l=upper ( "a" , "b" ... )
m=[for x in y:x if x!=null]
n={for k,v in [1,2]:k=>v...}
o=[for x in[1]:x]
p=ns :: fn ( 1 )
q=(a+b) [0]
r=1 [0]
s=a-1
t=a -1
v=x?-1:-2
w=1--1
x=1*-1
y=a<-1
z=a&&-b
aa={for k,v in m:k=>-v}
ab="${-x}"
ac=[ ]
ad={ }
ae=f( )
}
