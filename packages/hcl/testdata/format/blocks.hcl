# Blocks, arguments and blank lines.
packer {
required_plugins {
docker={
version=">= 1.0.0"
      source="github.com/example/docker"
}
  }
}
   
variable   "name"{
    type=string
	default="x"   # tab before, spaces after   
}


source "null"   "one" { communicator="none" }
source "null" "two" {}
source null three {   }
build{
sources=["null.one",    "null.two" ]

	provisioner "shell-local" {
	inline=["echo one","echo two",]
	  environment_vars  =  [
	"A=1" ,
	    "B=2"
	  ]
	only = [ "null.one" ]
	}
        }
