#!/usr/bin/env bash
# Uploads against `preflight serve` on this machine, in full:
#   1. kills at any byte, servers that come back, and connections that are cut at any byte: 200 runs in all, each of which must
#      end with one upload whose bytes are the file's
#   2. a 512 MiB file with 3 segments under way: time, peak memory of both sides, SHA-256 of what was stored
#   3. the same bytes in the same chunks to the same server by one curl process, one after another and 3 at once
# Prints Markdown. Needs curl and GNU time; on a Debian system it installs them. RUNS=0 leaves the first out, MIB=64 takes a smaller
# file, PREFLIGHT=PATH takes a build that is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

. tests/install.sh
install_missing curl time

runs=${RUNS:-200}
size=$((${MIB:-512} << 20))
chunk=$((1 << 20))
work=target/upload-bench
rm -rf "$work"
mkdir -p "$work/chunks"
if [ -z "${PREFLIGHT:-}" ]; then
  cargo build --release --locked --quiet
  PREFLIGHT=$PWD/target/release/preflight
fi
preflight=$PREFLIGHT
export PREFLIGHT_STATE_DIR=$PWD/$work/state
unset PREFLIGHT_ENDPOINT PREFLIGHT_BEARER PREFLIGHT_API_KEY PREFLIGHT_API_SECRET PREFLIGHT_ACCESS_TOKEN PREFLIGHT_ACCESS_SECRET

if [ "$runs" -gt 0 ]; then
  echo "## Faults"
  kills=$((runs / 2)) cuts=$((runs * 4 / 10)) restarts=$((runs / 10))
  for pair in "after_a_kill:$kills" "cut_at_any:$cuts" "come_back:$restarts"; do
    PREFLIGHT_UPLOAD_RUNS=${pair##*:} cargo test --locked --quiet --test upload -- "${pair%%:*}" 2>&1 |
      sed -n "s/^test result: ok. 1 passed.*finished in /${pair##*:} runs of ${pair%%:*}: all whole, /p"
  done
  echo
fi

# A video that passes, grown by a box of noise that players pass over.
film=$work/film.mp4
sample=samples/video.mp4
padding=$((size - $(stat -c %s "$sample")))
{
  cat "$sample"
  printf "\\x$(printf %02x $((padding >> 24)))\\x$(printf %02x $((padding >> 16 & 255)))"
  printf "\\x$(printf %02x $((padding >> 8 & 255)))\\x$(printf %02x $((padding & 255)))free"
  head -c $((padding - 8)) /dev/urandom
} >"$film"
split -b $chunk -d -a 4 "$film" "$work/chunks/"
whole=$(sha256sum "$film" | cut -d' ' -f1)

trap 'kill -INT $(pgrep -P $!) 2>/dev/null || true' EXIT
serve() {
  rm -rf "$work/storage" "$work/serve.out" "$PREFLIGHT_STATE_DIR"
  /usr/bin/time -f '%M' -o "$work/serve.time" "$preflight" serve --no-auth --no-rate-limits --processing-time 0 \
    --storage "$work/storage" >"$work/serve.out" &
  until grep -q '^listening on' "$work/serve.out" 2>/dev/null; do sleep 0.1; done
  url=$(sed -n 's/^listening on //p' "$work/serve.out" | head -1)
}
ended() { # takes the server down, and tells its peak memory in KiB
  kill -INT "$(pgrep -P $!)"
  wait $! || true
  server=$(tail -1 "$work/serve.time")
}
stored() {
  for _ in $(seq 100); do # the server looks at the file after FINALIZE
    compgen -G "$work/storage/media/*/meta.json" >/dev/null && break
    sleep 0.1
  done
  [ "$(sha256sum "$work"/storage/media/*/content | cut -d' ' -f1)" = "$whole" ] && echo same || echo DIFFERS
}
rate() { awk -v bytes=$size -v seconds="$1" 'BEGIN { printf "%.0f", bytes / seconds / 1000000 }'; }
row() {
  printf '| %s | %s s | %s MB/s | %s MiB | %s MiB | %s |\n' "$@"
  echo "$2 $1" >>"$work/times"
}

echo "## $size bytes in chunks of $chunk, page cache warm, from INIT to the answer to FINALIZE"
echo
echo '| client | elapsed | rate | peak memory of the client | of the server | SHA-256 of what was stored |'
echo '|---|---|---|---|---|---|'
for round in 1 2 3 4 5; do
  serve
  /usr/bin/time -f '%e %M' -o "$work/client.time" "$preflight" upload "$film" --endpoint "$url" --chunk-size $chunk --no-progress >/dev/null
  read -r seconds memory <"$work/client.time"
  seconds=$(awk -v all="$seconds" 'BEGIN { printf "%.2f", all - 1 }') # FINALIZE asks for a second before STATUS
  content=$(stored)
  ended
  row "preflight upload, 3 at once" "$seconds" "$(rate "$seconds")" $((memory / 1024)) $((server / 1024)) "$content"

  for parallel in 1 3; do
    serve
    config=$work/curl.conf
    # The same calls, the segments by one process over kept connections: INIT, one APPEND a chunk, FINALIZE.
    began=$(date +%s.%N)
    id=$(curl -s "$url/2/media/upload/initialize" -H 'content-type: application/json' \
      -d "{\"media_type\":\"video/mp4\",\"media_category\":\"tweet_video\",\"total_bytes\":$size}" | sed 's/.*"id":"\([0-9]*\)".*/\1/')
    index=0
    for part in "$work"/chunks/*; do
      [ $index = 0 ] || echo next
      printf 'url = "%s/2/media/upload/%s/append"\nform = "segment_index=%d"\nform = "media=@%s"\noutput = /dev/null\nsilent\nfail\nheader = "Expect:"\n' \
        "$url" "$id" $index "$part"
      index=$((index + 1))
    done >"$config"
    /usr/bin/time -f '%M' -o "$work/client.time" curl --no-progress-meter -Z --parallel-max $parallel -K "$config"
    curl -sf -o /dev/null -X POST "$url/2/media/upload/$id/finalize"
    seconds=$(awk -v from="$began" -v to="$(date +%s.%N)" 'BEGIN { printf "%.2f", to - from }')
    content=$(stored)
    ended
    row "curl, $parallel at once" "$seconds" "$(rate "$seconds")" $(($(tail -1 "$work/client.time") / 1024)) $((server / 1024)) "$content"
  done
done
echo
cut -d' ' -f2- "$work/times" | sort -u | while read -r client; do
  median=$(grep -F " $client" "$work/times" | sort -n | sed -n 3p | cut -d' ' -f1)
  echo "median of $client: $median s, $(rate "$median") MB/s"
done
rm -rf "$work/storage" "$work/chunks" "$film"
