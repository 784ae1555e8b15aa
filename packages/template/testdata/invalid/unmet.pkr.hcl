variable "size" {
  default = 3 # error: Invalid value for default variable
  validation {
    condition     = var.size > 3
    error_message = "It must be larger."
  }
}
source "null" "a" {}
build {
  sources = ["null.a"]
  provisioner "shell-local" {
    max_retries = 1.5 # error: Unsuitable value type
  }
}
