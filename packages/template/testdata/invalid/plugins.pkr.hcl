packer {
  required_version = "nope" # error: Invalid version constraint
  required_plugins {
    old   = "1.0" # error: Invalid plugin requirement
    list  = []    # error: Invalid required_plugins syntax
    sourceless = { version = "1.0" } # error: No source was set
    Upper = { version = "1.0", source = "github.com/a/b" } # error: Invalid plugin local name
    dash--dash = { version = "1.0", source = "github.com/a/b" } # error: Invalid plugin local name
    pre = { version = "1.0.0-beta", source = "github.com/a/b" } # error: Invalid version constraint
    url = { version = "1.0", source = "https://github.com/a/b" } # error: Failed to parse source
    key = { version = "1.0", source = "github.com/a/b", x = 1 } # error: Invalid required_plugins object
  }
}
