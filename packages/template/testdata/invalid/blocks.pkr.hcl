foo = 1 # error: Unsupported argument
bar {}  # error: Unsupported block type
source "null" {} # error: Missing name for source
build "x" {} # error: Extraneous label for build
dynamic "source" {} # error: Unsupported block type
