# Values with all that shells take for syntax, and names that come twice.
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]

  provisioner "shell-local" {
    environment_vars = ["A=it's", "B=a\"b", "C=$HOME `x`", "D=a b", "E=", "F=b=c", "G==x", "H=x\ny", "I=1", "I=2", "PACKER_BUILD_NAME=mine"]
    env              = { I = "3", J = 1, K = true, L = 1.50 }
    inline           = ["printf '%s|' \"$A\" \"$B\" \"$C\" \"$D\" \"$E\" \"$F\" \"$G\" \"$H\" \"$I\" \"$J\" \"$K\" \"$L\" \"$PACKER_BUILD_NAME\""]
  }
  provisioner "shell-local" {
    execute_command  = ["echo", "{{.Vars}}"]
    environment_vars = ["Z=1", "A=it's"]
    inline           = ["true"]
  }
  provisioner "shell-local" {
    env_var_format   = "export %s=%s;"
    environment_vars = ["A=1"]
    inline           = ["echo $A"]
  }
  provisioner "shell-local" {
    inline = ["cat; echo end of the input"]
  }
}
