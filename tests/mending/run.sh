#!/bin/sh
# Makes GIFs, images, captions and clips with faults, has `preflight fix` mend them, and holds the results to check, compare and ffprobe. ffmpeg is
# installed from Debian where it is missing.
#
# usage: tests/mending/run.sh [ --all ]        a sample, or all clips and tests/mending/results.tsv
set -eu
cd "$(dirname "$0")/../.."

missing=
for tool in python3 ffmpeg; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    run_as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
    run_as_root apt-get update -qq
    # shellcheck disable=SC2086
    run_as_root apt-get install -y -qq --no-install-recommends $missing
fi

cargo build --locked
target=${CARGO_TARGET_DIR:-target}
case ${1:-} in
    --all) set -- --results tests/mending/results.tsv ;;
    '') set -- --sample ;;
    *) echo "usage: tests/mending/run.sh [ --all ]" >&2; exit 2 ;;
esac
python3 tests/mending/stills.py "$target/debug/preflight" "$target/mending-stills"
exec python3 tests/mending/mend.py "$target/debug/preflight" "$target/mending" "$@"
