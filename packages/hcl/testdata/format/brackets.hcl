a=[
{
b=1
},{
c=2
}]
d=foo({
e=1
})
f=foo(bar({
g=[[
1
]]
}),{
h=1
})
i=[[
[
1]],[
2
]
]
j={
k={
l={ }
m={
n=1}}
}
o = (
1+
2
)
p=cond?{
a=1
}:{
b=2
}
q=[for x in y:{
a=x
}if x]
r { s=[
1,
] }
