#!/usr/bin/env bash
# The GitHub Action: held to the schema of action files, and its shell steps run as the runner does.
set -euo pipefail
project=$1
check-jsonschema --builtin-schema vendor.github-actions "$project/action.yml"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/workspace/media/sub" "$folder/temp" "$folder/steps"
cp "$project/samples/picture.png" "$folder/workspace/media/good.png"
cp "$project/samples/gif-351-frames.gif" "$folder/workspace/media/sub/bad gif.gif"
python3 - "$project/action.yml" "$folder/steps" <<'PY'
import sys, pathlib, yaml
action = yaml.safe_load(open(sys.argv[1]))
for step in action["runs"]["steps"]:
    if "run" in step:
        assert "${{" not in step["run"], "an expression in a script is an injection"
        pathlib.Path(sys.argv[2], step["name"].replace(" ", "_") + ".sh").write_text(step["run"])
PY

export GITHUB_ACTION_PATH=$project RUNNER_TEMP=$folder/temp RUNNER_OS=Linux RUNNER_ARCH=X64
step() { # NAME: as the runner runs a step with `shell: bash`
  GITHUB_OUTPUT=$folder/output GITHUB_STEP_SUMMARY=$folder/summary.md \
    bash --noprofile --norc -eo pipefail "$folder/steps/$1.sh"
}
output() { sed -n "s/^$1=//p" "$folder/output" | tail -1; }

: >"$folder/output"
: >"$folder/summary.md"
step Name_the_build
ROOT=$(output root)
export ROOT
[ "${#ROOT}" -gt 20 ] && case $(output key) in media-preflight-Linux-X64-????????????????) ;; *) exit 1 ;; esac

# The build of this tree stands for the one that `cargo install` makes, except where that is asked for.
if [ "${ACTION_BUILD:-0}" = 1 ]; then
  step Build
else
  mkdir -p "$ROOT/bin"
  cp "$PREFLIGHT" "$ROOT/bin/preflight"
  step Build
fi

# The inputs that nobody gives, as the action sets them.
mapfile -t defaults < <(python3 - "$project/action.yml" <<'PY'
import sys, yaml
action = yaml.safe_load(open(sys.argv[1]))
(step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
for name, value in step["env"].items():
    if value.startswith("${{ inputs."):
        print(f"{name}={action['inputs'][value.split('.')[1].split()[0]]['default']}")
PY
)
[ "${#defaults[@]}" = 9 ]

cd "$folder/workspace"
check() { # STATUS [NAME=VALUE...]: runs the step with these inputs
  local expected=$1 status=0
  shift
  env "${defaults[@]}" "$@" \
    GITHUB_OUTPUT="$folder/output" GITHUB_STEP_SUMMARY="$folder/summary.md" \
    bash --noprofile --norc -eo pipefail "$folder/steps/Check.sh" >"$folder/log" 2>&1 || status=$?
  [ "$status" = "$expected" ] || { cat "$folder/log"; echo "status $status instead of $expected: $*" >&2; exit 1; }
}
check 1 SARIF=report.sarif
grep -q '^::error file=media/sub/bad gif.gif,title=gif-too-many-frames::' "$folder/log"
grep -q 'bad gif.gif' "$folder/summary.md"
[ "$(output status)" = 1 ]
python3 -c 'import json; assert json.load(open("report.sarif"))["version"] == "2.1.0"'
check 0 PATHS=media/good.png
[ "$(output status)" = 0 ]
check 0 FAIL_ON=never
[ "$(output status)" = 1 ]
check 0 IGNORE=gif-too-many-frames
check 1 PATHS=$'media/good.png\nmedia/sub/bad gif.gif\n'
check 2 PACK=no-such-pack
# What nobody says by an input, the configuration of the repository says.
printf 'pack = "mastodon"\nignore = ["gif-too-many-frames"]\nfail-on = "warning"\n' >media/preflight.toml
check 0 PATHS=media
grep -q '^2 files against mastodon: 2 passed' "$folder/log"
check 1 PATHS=media PACK=twitter IGNORE=fragmented
printf 'pack = "no-such-pack"\n' >media/preflight.toml
check 2 PATHS=media FAIL_ON=never
[ "$(output status)" = 2 ]
check 0 PATHS=media/good.png PACK=twitter
rm media/preflight.toml
check 3 PATHS=missing FAIL_ON=never
check 3 PATHS='$(touch injected)'
[ ! -e injected ]
echo "action.yml: holds to its schema; its steps build, annotate, and end as asked"
