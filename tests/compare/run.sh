#!/bin/sh
# Makes pairs of files with ffmpeg and holds `preflight compare` to what was done to them, and to what ffprobe measures.
# ffmpeg is installed from Debian where it is missing.
#
# usage: tests/compare/run.sh [ --full ]        without it, a sample of the pairs that takes seconds
set -eu
cd "$(dirname "$0")/../.."

. tests/install.sh
install_missing python3 ffmpeg

cargo build --locked --quiet
exec python3 tests/compare/run.py --program "${CARGO_TARGET_DIR:-target}/debug/preflight" "$@"
