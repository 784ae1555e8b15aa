source "null" "a" {}
build {} # error: missing source reference
build {
  sources = ["null"] # error: Invalid source reference
}
build { # error: Unknown source null.b
  sources = ["null.b"]
}
build {
  sources = "null.a" # error: Unsuitable value type
}
build {
  sources = ["null.a"]
  provisioner "shell-local" {
    only   = ["a"]
    except = ["b"] # error: only one of 'only' or 'except' may be specified
  }
  provisioner "shell-local" {
    pause_before = "5" # error: Failed to parse pause_before duration
    timeout      = "1d" # error: Failed to parse timeout duration
    override     = "x" # error: provisioner's override block must be an HCL object
  }
  post-processor "manifest" {
    keep_input_artifact = "x" # error: Unsuitable value type
  }
  post-processors {
    foo = 1 # error: Unsupported argument
  }
  error-cleanup-provisioner "shell-local" {}
  error-cleanup-provisioner "shell-local" {} # error: Only one error-cleanup-provisioner is allowed
  dynamic "provisioner" {
    for_each = 5 # error: Invalid dynamic for_each value
    labels   = ["shell-local"]
    content {}
  }
}
