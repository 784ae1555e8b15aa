# A template as people write it.
packer {
  required_plugins {
    qemu = { version = ">= 1.0.0", source = "github.com/hashicorp/qemu" }
  }
}

variable "region" {
  type    = string
  default = "eu-central-1"
  validation {
    condition     = can(regex("^[a-z]{2}-", var.region)) && length(var.region) > 3
    error_message = "Not a region: \"${var.region}\"."
  }
}

locals {
  names = [for name, size in var.sizes : upper(name) if size > 1]
  tags  = merge({ for k, v in var.tags : k => v... }, { "Name" = "x", (var.key) : 1 })
  user  = <<-EOT
    #!/bin/sh
    echo ${local.names[0]} %{ if var.debug ~}
    set -x
    %{ endif ~}
  EOT
  ids   = var.disks[*].id
  first = var.disks.0.id
  deep  = var.a["b"][var.i].c.*.d
}

source "qemu" "base" {
  iso_url = "https://example.com/${var.region}.iso"
  boot_command = [
    "<esc><wait>",
    "linux inst.ks=http://{{ .HTTPIP }}:{{ .HTTPPort }}/ks.cfg $${not} %%{this}<enter>",
  ]
}

build {
  sources = ["source.qemu.base"]
  provisioner "shell" { inline = ["true"] }
  dynamic "provisioner" {
    for_each = var.debug ? ["a"] : []
    labels   = ["shell"]
    content {
      inline = [provisioner.value]
    }
  }
}
