# A folder with a slash at its end, and a template in JSON.
# template: sub/
# file: sub/a.pkr.json = "{\"source\":{\"null\":{\"j\":{\"communicator\":\"none\"}}},\"build\":{\"sources\":[\"null.j\"],\"provisioner\":{\"shell-local\":{\"inline\":[\"echo json ${var.v}\"]}}},\"variable\":{\"v\":{\"default\":\"d\"}}}"

source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]

}
