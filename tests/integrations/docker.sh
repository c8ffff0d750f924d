#!/usr/bin/env bash
# The Dockerfile: linted, and the files that it copies are enough to build from. No engine is needed, so no image is built.
set -euo pipefail
project=$1
hadolint --failure-threshold info "$project/Dockerfile"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$project"
sources=$(sed -n 's/^COPY \([^-].*\) [^ ]*$/\1/p' Dockerfile)
[ -n "$sources" ]
for path in $sources; do
  grep -qxF "!$path" .dockerignore || { echo "$path is copied, and .dockerignore leaves it out" >&2; exit 1; }
  cp -r "$path" "$folder/"
done
CARGO_TARGET_DIR=$project/target cargo check --locked --quiet --bin preflight --manifest-path "$folder/Cargo.toml"
echo "Dockerfile: no remarks; what it copies is enough to build from"
