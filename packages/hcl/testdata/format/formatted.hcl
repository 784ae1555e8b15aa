a {
  b = 1

  c = "already ${formatted}" # yes
}
