packer {
  required_version = ">= 1.7.0, < 3"
  required_plugins {
    happycloud = {
      version = ">= 1.2.0"
      source  = "github.com/hashicorp/happycloud"
    }
  }
}

variable "region" {
  type        = string
  default     = "eu-1"
  description = "Where to build."
  validation {
    condition     = can(regex("^[a-z]{2}-[0-9]$", var.region))
    error_message = "The region must look like eu-1."
  }
}

variable "disks" {
  type = list(object({
    size = number
    kind = optional(string, "ssd")
  }))
  default = [{ size = 10 }, { size = 20, kind = "hdd" }]
}

variables {
  owner = "me"
  tags  = {}
}

locals {
  sizes = [for disk in var.disks : disk.size]
  total = sum(local.sizes)
  text  = <<-EOT
    %{for disk in var.disks~}
    ${disk.kind}: ${disk.size}
    %{endfor~}
  EOT
}

local "token" {
  expression = sha256("${var.owner}-${local.total}")
  sensitive  = true
}

source "null" "plain" {
  communicator = "none"
}

source "file" "report" {
  content = local.text
  target  = "${path.root}/${source.name}.txt"
}

build {
  name        = "all"
  description = "Everything at once."
  sources     = ["source.null.plain", "source.file.report"]

  source "file.report" {
    name = "copy"
  }

  provisioner "shell-local" {
    name         = "greet"
    only         = ["null.plain"]
    pause_before = "1s"
    max_retries  = 2
    inline       = ["echo ${build.name} ${build.ID} ${source.type}"]
  }

  dynamic "provisioner" {
    for_each = { for index, disk in var.disks : index => disk }
    labels   = ["shell-local"]
    content {
      inline = ["echo ${provisioner.key} ${provisioner.value.kind}"]
    }
  }

  error-cleanup-provisioner "shell-local" {
    inline = ["echo failed"]
  }

  post-processor "manifest" {
    keep_input_artifact = true
  }

  post-processors {
    post-processor "compress" {}
    post-processor "checksum" {
      except = ["null.plain"]
    }
  }
}
