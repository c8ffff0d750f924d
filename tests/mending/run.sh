#!/bin/sh
# Makes GIFs, images, captions and clips with faults, has `preflight fix` mend them, and holds the results to check, compare and ffprobe. ffmpeg is
# installed from Debian where it is missing.
#
# usage: tests/mending/run.sh [ --all ]        a sample, or all clips and tests/mending/results.tsv
set -eu
cd "$(dirname "$0")/../.."

. tests/install.sh
install_missing python3 ffmpeg

cargo build --locked
target=${CARGO_TARGET_DIR:-target}
case ${1:-} in
    --all) set -- --results tests/mending/results.tsv ;;
    '') set -- --sample ;;
    *) echo "usage: tests/mending/run.sh [ --all ]" >&2; exit 2 ;;
esac
python3 tests/mending/stills.py "$target/debug/preflight" "$target/mending-stills"
exec python3 tests/mending/mend.py "$target/debug/preflight" "$target/mending" "$@"
