#!/bin/sh
# Makes pairs of files with ffmpeg and holds `preflight compare` to what was done to them, and to what ffprobe measures.
# ffmpeg is installed from Debian where it is missing.
#
# usage: tests/compare/run.sh [ --full ]        without it, a sample of the pairs that takes seconds
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

cargo build --locked --quiet
exec python3 tests/compare/run.py --program "${CARGO_TARGET_DIR:-target}/debug/preflight" "$@"
