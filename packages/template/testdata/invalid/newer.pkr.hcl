packer {
  required_version = ">= 99.0" # error: Unsupported Packer Core version
}
this_is_not_even_looked_at {}
