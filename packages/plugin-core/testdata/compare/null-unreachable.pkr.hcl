source "null" "nothing" {
}

source "null" "host" {
  ssh_host = "h"
}

source "null" "keys" {
  ssh_host             = "h"
  ssh_username         = "u"
  ssh_password         = "p"
  ssh_private_key_file = "missing"
}

build {
  sources = ["null.nothing", "null.host", "null.keys"]
}
