#!/usr/bin/env bash
# Times scans of a library of small files, ours beside a floor program in one run, warm:
#   the floor: walks; opens, stats and reads 4 KiB of each file, at equal threads; and a bare walk and stat
#   preflight scan without a cache, the first scan with one, and a second scan of the unchanged library
# then a library of films whose sample heads are read, and the peak memory of JSON Lines over a library ten times as large.
# Needs hyperfine, GNU time and ffmpeg (Debian: hyperfine, time, ffmpeg).
# Usage: run.sh [FILES [FILES_FOR_MEMORY]]; half of the files are MP4, half images and GIFs.
set -euo pipefail
cd "$(dirname "$0")/../.."

files=${1:-20000}
many=${2:-$((files * 10))}
work=target/scan-bench
mkdir -p "$work"
[ -n "${SKIP_BUILD:-}" ] || cargo build --release --locked --quiet
rustc --edition 2024 -C opt-level=3 -o "$work/floor" benches/scan/floor.rs
preflight=$PWD/target/release/preflight
export PREFLIGHT_CACHE_DIR="$PWD/$work/cache"

images=(samples/gif-animated.gif samples/picture.png samples/photo.jpg samples/gif-one-frame.gif samples/sticker.webp)
videos=(samples/video-turned.mov samples/video-1920x1080.mp4 samples/video-61-fps.mp4 samples/video-0.4-seconds.mp4 samples/video-open-gop.mp4)
samples=()
for i in "${!images[@]}"; do samples+=("${images[$i]}" "${videos[$i]}"); done

small=(samples/gif-one-frame.gif samples/video-0.4-seconds.mp4 samples/sticker.webp samples/video-1920x1080.mp4)

# No file of the library breaks this rule.
none="--select no-video-track"

library() { # COUNT FOLDER SAMPLE...
  [ -d "$2" ] && return
  "$work/floor" library "$2.new" "$1" "${@:3}"
  mv "$2.new" "$2"
}
library "$files" "$work/library-$files" "${samples[@]}"
tree="$work/library-$files"
"$work/floor" read "$tree" 2 >/dev/null

# Runs each command in turn, and prints the median, the fastest run, and the processor time a file.
compare() {
  hyperfine --shell none --runs "${RUNS:-10}" --ignore-failure --export-csv "$work/times.csv" "$@" >/dev/null 2>"$work/errors"
  awk -F, -v files="$files" 'NR > 1 {
    printf "| %s | %.0f ms | %.0f ms | %.1f us |\n", $1, $4 * 1000, $7 * 1000, ($5 + $6) * 1e6 / files
  }' "$work/times.csv"
}

echo "## $files files ($(du -sh --apparent-size "$tree" | cut -f1)), page cache warm, $(nproc) processors"
echo
echo "| run | median | fastest | processor time a file |"
echo "|---|---|---|---|"
compare --warmup 2 \
  -n 'floor: walk and stat' "$work/floor stat $tree" \
  -n 'floor: open and stat and read 4 KiB on 1 thread' "$work/floor read $tree 1" \
  -n 'floor: the same on 2 threads' "$work/floor read $tree 2" \
  -n 'scan --no-cache --quiet --jobs 1' "$preflight scan --no-cache -q -j1 $tree" \
  -n 'scan --no-cache --quiet --jobs 2' "$preflight scan --no-cache -q -j2 $tree" \
  -n 'scan --no-cache --quiet --jobs 1 where no file has a finding' "$preflight scan --no-cache -q -j1 $none $tree" \
  -n 'scan --no-cache --quiet --jobs 2 where no file has a finding' "$preflight scan --no-cache -q -j2 $none $tree" \
  -n 'scan --no-cache --format jsonl --jobs 2' "$preflight scan --no-cache --format jsonl -j2 $tree"
compare --prepare "$preflight cache clear" -n 'first scan with a cache: --quiet --jobs 2' "$preflight scan -q -j2 $tree"
"$preflight" scan -q "$tree" >/dev/null || true
compare --warmup 2 \
  -n 'second scan: --quiet --jobs 1' "$preflight scan -q -j1 $tree" \
  -n 'second scan: --quiet --jobs 2' "$preflight scan -q -j2 $tree" \
  -n 'second scan: --jobs 2' "$preflight scan -j2 $tree" \
  -n 'second scan: --format jsonl --jobs 2' "$preflight scan --format jsonl -j2 $tree"
"$preflight" cache stats >"$work/stats"
"$preflight" scan -q $none "$tree" >/dev/null
compare --warmup 2 -n 'second scan: --quiet --jobs 2 where no file has a finding' "$preflight scan -q -j2 $none $tree"
echo
cat "$work/stats"
"$preflight" cache clear >/dev/null

# One film under sixty names: what is read of it is read sixty times.
films="$work/films"
if [ ! -d "$films" ]; then
  mkdir -p "$films.new"
  ffmpeg -v error -y -f lavfi -i testsrc2=size=640x360:rate=30 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 120 \
    -c:v libx264 -preset ultrafast -b:v 2M -pix_fmt yuv420p -profile:v high -c:a aac -ac 2 "$films.new/00.mp4"
  for number in $(seq -w 1 59); do ln "$films.new/00.mp4" "$films.new/$number.mp4"; done
  mv "$films.new" "$films"
fi
echo
echo "## 60 films of two minutes, 3,600 frames and $(du -sh --apparent-size "$films/00.mp4" | cut -f1) each"
echo
echo "| run | median | fastest | processor time a file |"
echo "|---|---|---|---|"
"$preflight" scan -q "$films" >/dev/null || true
files=60 compare --warmup 2 \
  -n 'scan --no-cache --quiet --jobs 2' "$preflight scan --no-cache -q -j2 $films" \
  -n 'second scan: --quiet --jobs 2' "$preflight scan -q -j2 $films" \
  -n 'second scan: --format json --jobs 2' "$preflight scan --format json -j2 $films"
"$preflight" cache clear >/dev/null

echo
echo "## Peak memory of JSON Lines without and with a cache"
echo
echo "| files | --no-cache | first scan | second scan |"
echo "|---|---|---|---|"
library "$files" "$work/small-$files" "${small[@]}"
library "$many" "$work/small-$many" "${small[@]}"
for count in "$files" "$many"; do
  row="| $count |"
  for option in --no-cache --jobs=2 --jobs=2; do
    peak=$({ command time -f %M "$preflight" scan "$option" --format jsonl "$work/small-$count" >/dev/null || true; } 2>&1 | tail -n 1)
    row="$row $((peak / 1024)) MiB |"
  done
  "$preflight" cache clear >/dev/null
  echo "$row"
done
