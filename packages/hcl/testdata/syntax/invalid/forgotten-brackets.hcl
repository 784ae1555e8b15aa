build {
  sources = ["source.null.a"
} # error: Missing item separator

locals { # error: Unclosed configuration block
  tags = {
}

source "null" "a" {
}
