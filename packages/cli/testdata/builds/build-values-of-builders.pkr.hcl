# All standard values, in provisioners and post-processors, of builders that give few.
# args: -parallel-builds=1

source "null" "x" {
  communicator = "none"
}
source "file" "f" {
  target  = "out.txt"
  content = "text"
}
build {
  sources = ["null.x", "file.f"]

  provisioner "shell-local" {
    inline = ["echo '${build.ID}|${build.Host}|${build.Port}|${build.User}|${build.ConnType}|${build.PackerHTTPIP}|${build.PackerHTTPPort}|${build.SSHPublicKey}|${build.WinRMPassword}|${build.Password}'"]
  }
  post-processor "shell-local" {
    inline = ["echo '${build.ID}|${build.Host}|${build.PackerRunUUID}|${build.PackerHTTPAddr}'"]
  }
}
