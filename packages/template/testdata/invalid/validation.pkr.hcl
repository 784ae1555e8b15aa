variable "other" {
  default = 1
  validation {
    condition     = var.nope == 1 # error: Invalid reference in variable validation
    error_message = "It must fit."
  }
}
variable "nothing" {
  default = 1
  validation {
    condition     = true # error: Invalid variable validation condition
    error_message = "It must fit."
  }
}
variable "message" {
  default = 1
  validation {
    condition     = var.message == 1
    error_message = "no sentence" # error: Invalid validation error message
  }
}
