#!/bin/sh
# Makes .venv, gen/ and bin/ingot-plugin-render. Needs Python 3.11 or newer. Fetches from the Python package index only.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)
python="$here/.venv/bin/python"

[ -x "$python" ] || "${PYTHON:-python3}" -m venv "$here/.venv"
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

# The health service comes from grpcio-health-checking: a generated package "grpc" would hide the library of that name.
rm -rf "$here/gen"
mkdir "$here/gen"
"$python" -m grpc_tools.protoc --proto_path="$workspace/proto" --python_out="$here/gen" --grpc_python_out="$here/gen" \
  "$workspace"/proto/ingot/plugin/v1/*.proto "$workspace/proto/goplugin/goplugin.proto"

# Hosts cache a plugin's description by the checksum of its executable, so the launcher changes with what it starts.
content=$(cat "$here"/ingot_plugin_render/*.py "$here"/gen/ingot/plugin/v1/*.py | sha256sum | cut -c1-64)
mkdir -p "$here/bin"
cat > "$here/bin/ingot-plugin-render" <<EOF
#!/bin/sh
# content $content
here=\$(dirname "\$(readlink -f "\$0")")
PYTHONPATH="\$here/..:\$here/../gen" exec "\$here/../.venv/bin/python" -m ingot_plugin_render
EOF
chmod +x "$here/bin/ingot-plugin-render"
