# What the expressions of ../console.json can refer to.
variable "s" {
  type    = string
  default = "hello"
}
variable "n" {
  type    = number
  default = 5
}
variable "b" {
  type    = bool
  default = true
}
variable "los" {
  type    = list(string)
  default = ["a", "b"]
}
variable "lon" {
  type    = list(number)
  default = [1, 2, 2]
}
variable "lob" {
  type    = list(bool)
  default = [true, false]
}
variable "lol" {
  type    = list(list(string))
  default = [["a"], ["b", "c"]]
}
variable "loo" {
  type    = list(object({ id = string, tags = list(string) }))
  default = [{ id = "one", tags = ["x", "y"] }, { id = "two", tags = [] }]
}
variable "soo" {
  type    = set(object({ id = string }))
  default = [{ id = "one" }, { id = "two" }]
}
variable "ss" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "sn" {
  type    = set(number)
  default = [10, 9, 1]
}
variable "ms" {
  type    = map(string)
  default = { k = "v", z = "w" }
}
variable "mn" {
  type    = map(number)
  default = { one = 1, two = 2 }
}
variable "moo" {
  type    = map(object({ id = string }))
  default = { a = { id = "one" }, b = { id = "two" } }
}
variable "obj" {
  type    = object({ a = number, b = string })
  default = { a = 1, b = "x" }
}
variable "opt" {
  type    = object({ a = string, b = optional(number, 3), c = optional(list(string)) })
  default = { a = "x" }
}
variable "tup" {
  type    = tuple([string, number, bool])
  default = ["x", 1, true]
}
variable "any" {
  default = { list = [1, "a"], deep = { deeper = { deepest = "here" } } }
}
variable "empty_list" {
  type    = list(string)
  default = []
}
variable "empty_map" {
  type    = map(string)
  default = {}
}
variable "empty_set" {
  type    = set(string)
  default = []
}
variable "null_string" {
  type    = string
  default = null
}
variable "null_number" {
  type    = number
  default = null
}
variable "null_bool" {
  type    = bool
  default = null
}
variable "null_list" {
  type    = list(string)
  default = null
}
variable "null_map" {
  type    = map(string)
  default = null
}
variable "null_object" {
  type    = object({ a = string })
  default = null
}
variable "null_any" {
  default = null
}
variable "nodef" {
  type = string
}
variable "nodef_list" {
  type = list(string)
}
variable "dashed-name" {
  default = "dashed"
}
locals {
  text    = "local"
  twice   = "${local.text}${local.text}"
  from    = [for x in var.los : upper(x)]
  unknown = source.name
  nested  = { list = [{ a = 1 }, { a = 2 }], "key with space" = 1 }
}
