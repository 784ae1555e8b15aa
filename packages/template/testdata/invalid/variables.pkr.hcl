variable "no-type" { type = strng } # error: Invalid type specification
variable "wrong" {
  type    = number
  default = "x" # error: Invalid default value for variable
}
variable "again" { default = 1 }
variable "again" { default = 2 } # error: Duplicate variable
variable "9" { default = 1 } # error: Invalid variable name
variable "reference" {
  default = var.again # error: Variables not allowed
}
variable "function" {
  default = upper("a") # error: Call to unknown function
}
variable "optional" {
  type = object({ a = optional(number, "x") }) # error: Invalid default value for optional attribute
}
