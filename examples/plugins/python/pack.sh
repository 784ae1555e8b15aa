#!/bin/sh
# Makes release/: the plugin as one file that brings its libraries along, packed for `ingot init`. Run build.sh first. Needs Node and
# the Python package index. The file runs on machines like this one: same system and processor, and the same minor version of Python.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)
python="$here/.venv/bin/python"
site="$here/build/site"
version=$(sed -n 's/.*version="\([^"]*\)".*/\1/p' "$here/ingot_plugin_render/plugin_service.py")
platform=$("$python" -c '
import platform, sys
machine = platform.machine().lower()
print(sys.platform + "_" + {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine))')

"$python" -m pip install --quiet --disable-pip-version-check shiv==1.0.8
rm -rf "$here/build"
grep -v grpcio-tools "$here/requirements.txt" > "$here/.venv/run-requirements.txt" # only for generating code
"$python" -m pip install --quiet --disable-pip-version-check --no-compile --target "$site" \
  --requirement "$here/.venv/run-requirements.txt"
cp -R "$here/ingot_plugin_render" "$here/gen/." "$site"
find "$site" -name __pycache__ -prune -exec rm -rf {} +

"$python" -m shiv --reproducible --site-packages "$site" --entry-point ingot_plugin_render.__main__:main \
  --python "/usr/bin/env python3" --output-file "$here/build/ingot-plugin-render"

cd "$here"
node "$workspace/sdk/bin/ingot-sdk.js" pack --version "$version" --executable "$platform=build/ingot-plugin-render"
