source "file" "f" {
  content = "hello\n"
  target  = "a.txt"
}

build {
  sources = ["file.f"]

  provisioner "shell-local" {
    inline           = ["head -1 $0; echo $PACKER_BUILD_NAME"]
    inline_shebang   = ""
    execute_command  = []
    env_var_format   = ""
    environment_vars = []
    only_on          = []
    script           = ""
    scripts          = []
    valid_exit_codes = []
  }
  post-processor "manifest" {
    output      = ""
    custom_data = {}
  }
  post-processor "checksum" {
    output = ""
  }
  post-processor "shell-local" {
    inline           = ["head -1 $0"]
    inline_shebang   = ""
    execute_command  = []
    valid_exit_codes = []
  }
  post-processor "compress" {
    output = ""
    format = ""
  }
}
