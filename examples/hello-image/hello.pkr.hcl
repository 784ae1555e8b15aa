# Builds a container image that runs a small app. Needs no registry, no Docker and no root: the root file system is made of a few
# programs of the machine that you are on.

variable "greeting" {
  type        = string
  default     = "Hello"
  description = "How the app greets."
}

data "oci-rootfs" "base" {
  programs = ["sh", "cat", "chmod", "mkdir", "rm", "sed", "uname"]
}

source "oci" "hello" {
  base        = data.oci-rootfs.base.directory
  output      = "out/hello-image"
  tags        = ["hello:1"]
  cmd         = ["/app/hello", "world"]
  working_dir = "/app"
  env         = { GREETING = var.greeting }
  labels      = { "org.opencontainers.image.title" = "hello" }
}

build {
  sources = ["source.oci.hello"]

  provisioner "shell" {
    inline = ["mkdir -p /app"]
  }

  provisioner "file" {
    source      = "${path.root}/app/hello"
    destination = "/app/hello"
  }

  # Runs inside the image: the build fails when the app doesn't work.
  provisioner "shell" {
    env    = { GREETING = var.greeting }
    inline = ["chmod 0755 /app/hello", "/app/hello builder"]
  }

  post-processor "manifest" {
    output = "out/hello-image.json"
  }

  post-processor "shell-local" {
    inline = [
      "echo 'Look at it:    skopeo inspect oci:out/hello-image:hello:1'",
      "echo 'Unpack it:     umoci unpack --rootless --image out/hello-image:hello:1 out/hello-bundle'",
      "echo 'Run it:        podman run --rm oci:out/hello-image:hello:1'",
    ]
  }
}
