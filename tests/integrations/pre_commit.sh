#!/usr/bin/env bash
# Both hooks, in a repository with one file that passes, one that fails, and an SVG that is nobody's business.
set -euo pipefail
project=$1
check-jsonschema --builtin-schema vendor.pre-commit-hooks "$project/.pre-commit-hooks.yaml" 2>/dev/null ||
  pre-commit validate-manifest "$project/.pre-commit-hooks.yaml"

# The hooks of the tree as it is, committed or not.
hooks=$(mktemp -d)
repository=$(mktemp -d)
output=$(mktemp)
trap 'rm -rf "$hooks" "$repository" "$output"' EXIT
(cd "$project" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$hooks")
commit() {
  git -C "$1" -c user.name=test -c user.email=test@example.org commit -q -m "$2"
}
git init -q "$hooks"
git -C "$hooks" add -A
commit "$hooks" hooks
git init -q "$repository"
cd "$repository"
cp "$project/samples/picture.png" good.png
cp "$project/samples/gif-351-frames.gif" bad.gif
echo '<svg xmlns="http://www.w3.org/2000/svg"/>' >drawing.svg
echo text >notes.txt
git add -A

# As short a build as there is: what is tried here is the hook.
export PRE_COMMIT_HOME=$project/target/integrations/pre-commit
export CARGO_TARGET_DIR=$project/target/integrations/build CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
PATH=$(dirname "$PREFLIGHT"):$PATH
for hook in preflight-system ${HOOKS-preflight}; do
  cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $hooks
    rev: $(git -C "$hooks" rev-parse HEAD)
    hooks:
      - id: $hook
YAML
  git add -A
  if pre-commit run --all-files >"$output" 2>&1; then
    cat "$output"
    echo "$hook: a file that fails was let through" >&2
    exit 1
  fi
  grep -q 'gif-too-many-frames' "$output" && ! grep -q 'drawing.svg\|notes.txt' "$output" || { cat "$output"; exit 1; }
  git rm -q bad.gif --cached
  mv bad.gif notes.gif.txt
  git add -A
  pre-commit run --all-files >"$output" 2>&1 || { cat "$output"; exit 1; }
  mv notes.gif.txt bad.gif
  echo "$hook: stops what fails, lets through what passes"
done
