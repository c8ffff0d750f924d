#!/bin/sh
# Makes the labelled set and holds the program to it. ffmpeg and x264 are installed from Debian where they are missing.
#
# usage: tests/labelled/run.sh [ directory ]        default: target/labelled
set -eu
cd "$(dirname "$0")/../.."
directory=${1:-target/labelled}

missing=
for tool in python3 ffmpeg x264; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    run_as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
    run_as_root apt-get update -qq
    # shellcheck disable=SC2086
    run_as_root apt-get install -y -qq --no-install-recommends $missing
fi

python3 tests/labelled/make.py "$directory"
LABELLED=$(cd "$directory" && pwd) exec cargo test --locked --test labelled -- --nocapture
