#!/bin/sh
# Builds bin/ingot-plugin-folder. Needs Go, and the workspace's `npm ci` (for buf). Fetches from the Go module proxy only.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)

# The generators, at pinned versions, in a folder of their own.
export GOBIN="$here/bin/tools"
[ -x "$GOBIN/protoc-gen-go" ] || go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
[ -x "$GOBIN/protoc-gen-go-grpc" ] || go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2

cd "$workspace"
rm -rf "$here/gen"
PATH="$GOBIN:$PATH" ./node_modules/.bin/buf generate --template "$here/buf.gen.yaml" --path proto/ingot

cd "$here"
go vet .
CGO_ENABLED=0 go build -trimpath -o bin/ingot-plugin-folder .
