# Data sources that use one another, in locals and in blocks that are made from values.
# args: -parallel-builds=1 -only=null.x
data "null" "a" {
  input = "A"
}
data "null" "b" {
  input = "${data.null.a.output}B"
}
local "hidden" {
  sensitive  = true
  expression = "hid-${data.null.b.output}"
}
source "null" "x" {
  communicator = "none"
}
source "file" "f" {
  content = "c"
}
build {
  sources = ["null.x"]

  dynamic "source" {
    for_each = { a = "1.txt", b = "2.txt" }
    labels   = ["source.file.f"]
    content {
      name   = source.key
      target = source.value
    }
  }
  dynamic "provisioner" {
    for_each = [data.null.b.output, local.hidden]
    labels   = ["shell-local"]
    content {
      inline = ["echo ${provisioner.value} ${source.name} ${source.type} $PACKER_BUILD_NAME"]
    }
  }
}
