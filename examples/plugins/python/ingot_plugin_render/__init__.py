"""A plugin for Ingot in Python, written from the protocol's description alone.

It serves two components: the provisioner "render", which fills in a text template, puts the result on the machine and runs
commands there, and the post-processor "sha256sums", which writes the checksums of an artifact's files.
"""
