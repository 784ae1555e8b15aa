# One build through plugins in three languages: a data source and a provisioner in TypeScript, a builder and a data source in Go, a
# provisioner and a post-processor in Python. Build the plugins first, then the template:
#
#   export INGOT_PLUGIN_PATH=$(node scripts/build-example-plugins.mjs)
#   npx ingot build examples/three-languages

variable "signature" {
  type        = string
  default     = "the three languages"
  sensitive   = true
  description = "Who signs. Never shown."
}

# TypeScript: reads names from a file.
data "greet-names" "people" {
  file = "${path.root}/names.txt"
}

# Go: lists files with their sizes and checksums.
data "folder" "here" {
  path    = path.root
  pattern = "*.txt"
}

# Go: the machine is a folder, and what is in it at the end is the artifact.
source "folder" "greetings" {
  output = "out/three-languages"

  file {
    path    = "README"
    content = "Made of ${data.folder.here.files[0].path}, sha256 ${data.folder.here.files[0].sha256}.\n"
  }
}

build {
  sources = ["source.folder.greetings"]

  # TypeScript.
  provisioner "greet" {
    to        = data.greet-names.people.names
    signature = var.signature
  }

  # Python.
  provisioner "render" {
    destination = "report.conf"
    content     = "names = @{count}\nbuilt by = @{ID}\n"
    values      = { count = length(data.greet-names.people.names) }

    then {
      command = "echo \"There are $(grep -c Hello greetings.txt) greetings.\""
    }
  }

  # Python.
  post-processor "sha256sums" {
    output = "out/three-languages.sha256"
  }
}
