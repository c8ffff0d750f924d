#!/usr/bin/env bash
# Times ours beside peers on one library of small files, in one run: 10,000 images and GIFs and 10,000 MP4s, each different.
# Prints Markdown tables: microseconds a file at 1 and 2 threads; peak memory of JSON Lines over as many files, 5 and 10 times as
# many; a GIF of 200 MB beside `cat`.
# Needs Debian on x86-64: installs ffmpeg, mediainfo, exiftool and imagemagick where they are missing; PyAV and pymediainfo (PyPI)
# and a static ffprobe (npm) go to target/. Usage: [ROUNDS=7] run.sh [FILES [FILES_FOR_PEERS]], by default 20,000 and 600.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=target/peers-bench
mkdir -p "$work"

. tests/install.sh
install_missing ffprobe:ffmpeg mediainfo exiftool:libimage-exiftool-perl identify:imagemagick npm
python3 -c 'import ensurepip' 2>/dev/null || install_packages python3 python3-venv
if [ ! -x "$work/tools/bin/python" ]; then
  python3 -m venv "$work/tools"
  "$work/tools/bin/pip" -q install av pymediainfo
fi
if [ ! -x "$work/ffprobe-static" ]; then
  (cd "$work" && npm pack --silent @ffprobe-installer/linux-x64@5.2.0 >/dev/null && tar xzf ffprobe-installer-linux-x64-5.2.0.tgz package/ffprobe)
  chmod +x "$work/package/ffprobe"
  mv "$work/package/ffprobe" "$work/ffprobe-static"
fi

[ -n "${SKIP_BUILD:-}" ] || cargo build --release --locked --quiet
rustc --edition 2024 -C opt-level=3 -o "$work/floor" benches/scan/floor.rs
exec "$work/tools/bin/python" benches/peers/compare.py "$work" "${1:-20000}" "${2:-600}"
