#!/bin/sh
# Makes bin/ingot-plugin-greet.mjs: one file that needs nothing but Node. What is external is optional native code of ssh2.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)
"$workspace/node_modules/.bin/esbuild" "$here/src/main.ts" --bundle --platform=node --format=esm --log-level=warning \
  --external:cpu-features '--external:*.node' \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' \
  --outfile="$here/bin/ingot-plugin-greet.mjs"
