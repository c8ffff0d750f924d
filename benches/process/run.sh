#!/usr/bin/env bash
# Times whole processes, from start to exit, ours beside peers in one run:
#   1. a small file: a bare Rust program that opens and reads it, preflight, ffprobe, MediaInfo
#   2. a 512 MiB MP4 with moov at the end, page cache warm: preflight, ffprobe, MediaInfo, with peak memory
# Needs a Debian system: installs hyperfine, ffmpeg and mediainfo where they are missing. Prints Markdown tables.
set -euo pipefail
cd "$(dirname "$0")/../.."

. tests/install.sh
install_missing hyperfine ffprobe:ffmpeg mediainfo time

work=target/process-bench
mkdir -p "$work"
cargo build --release --locked --quiet
rustc --edition 2024 -C opt-level=3 -C panic=abort -C strip=symbols -o "$work/floor" benches/process/floor.rs
# Both programs are copied, as installing copies them: what the linker has just written is in small pieces in the page cache, which costs
# more page faults until the file is copied or read from the disk.
cp target/release/preflight "$work/preflight"
cp "$work/floor" "$work/bare"
preflight=$work/preflight

small=${1:-samples/video-turned.mov}
echo "## A small file: $small ($(stat -c %s "$small") bytes)"
hyperfine --shell none --warmup 30 --runs 400 --ignore-failure --export-markdown "$work/small.md" \
  -n 'bare open and read' "$work/bare $small" \
  -n 'preflight check' "$preflight check --quiet $small" \
  -n 'MediaInfo' "mediainfo $small" \
  -n 'ffprobe' "ffprobe -v error -show_streams -show_format $small" >/dev/null 2>"$work/small.err"
cat "$work/small.md"

# Two minutes of 60 fps, grown to 512 MiB by bytes that its mdat holds and no sample uses, moov after them.
large="$work/512-mib.mp4"
if [ ! -f "$large" ]; then
  ffmpeg -v error -y -f lavfi -i testsrc2=size=640x360:rate=60 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 130 \
    -c:v libx264 -preset ultrafast -b:v 32M -minrate 32M -maxrate 32M -bufsize 8M -x264-params nal-hrd=cbr -pix_fmt yuv420p -profile:v high \
    -c:a aac -ac 2 "$large"
fi
echo
echo "## A $(stat -c %s "$large")-byte MP4, moov at the end, page cache warm"
cat "$large" >/dev/null
hyperfine --shell none --warmup 5 --runs 60 --ignore-failure --export-markdown "$work/large.md" \
  -n 'preflight check' "$preflight check --quiet $large" \
  -n 'preflight facts' "$preflight facts --format json $large" \
  -n 'MediaInfo' "mediainfo $large" \
  -n 'ffprobe' "ffprobe -v error -show_streams -show_format $large" >/dev/null 2>"$work/large.err"
cat "$work/large.md"
echo
echo "| program | peak memory |"
echo "|---|---|"
for program in "$preflight check --quiet" "mediainfo" "ffprobe -v error -show_streams -show_format"; do
  peak=$({ command time -f %M $program "$large" >/dev/null || true; } 2>&1 | tail -n 1)
  echo "| ${program%% *} | $((peak / 1024)) MiB |"
done
