#!/usr/bin/env bash
# Times `preflight fix` on ten seconds of 1080p beside the bare ffmpeg command that `preflight plan` prints for it, in turn.
# usage: run.sh [ROUNDS]        PREFLIGHT=path takes a program that is built already
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${1:-5}
work=target/fix-bench
mkdir -p "$work"
preflight=${PREFLIGHT:-}
if [ -z "$preflight" ]; then
  cargo build --release --locked --quiet
  preflight=$PWD/target/release/preflight
fi
film=$work/film.mp4
[ -e "$film" ] || ffmpeg -v error -f lavfi -i testsrc2=size=1920x1080:rate=30:duration=10 -f lavfi -i sine=duration=10 \
  -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -c:a aac -shortest "$film"

"$preflight" plan "$film" --format sh -o "$work/bare.mp4" > "$work/command.sh" || true
cat "$work/command.sh"
seconds() { # COMMAND...: elapsed, and processor time of the command and its children
  local TIMEFORMAT='%R %U %S'
  { time "$@" >/dev/null 2>&1; } 2>&1
}
bare() { rm -f "$work/bare.mp4"; sh "$work/command.sh"; }
fixed() { rm -f "$work/fixed.mp4"; "$preflight" fix "$film" -o "$work/fixed.mp4"; }
for _ in $(seq "$rounds"); do
  echo "bare $(seconds bare)"
  echo "fix $(seconds fixed)"
done | tee "$work/times"
awk '
  { elapsed = $2; work = $3 + $4
    if (!($1 in least) || elapsed < least[$1]) least[$1] = elapsed
    if (!($1 in used) || work < used[$1]) used[$1] = work }
  END {
    printf "elapsed, fastest:        bare %.2f s, fix %.2f s, %.3f times\n", least["bare"], least["fix"], least["fix"] / least["bare"]
    printf "processor time, fastest: bare %.2f s, fix %.2f s, %.3f times\n", used["bare"], used["fix"], used["fix"] / used["bare"]
  }' "$work/times"
