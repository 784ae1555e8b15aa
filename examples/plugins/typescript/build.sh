#!/bin/sh
# Makes bin/ingot-plugin-greet.mjs: one file that needs nothing but Node.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)
"$workspace/node_modules/.bin/esbuild" "$here/src/main.ts" --bundle --platform=node --format=esm --log-level=warning \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' \
  --outfile="$here/bin/ingot-plugin-greet.mjs"
