#!/usr/bin/env bash
# How fast `preflight serve` stores, and in how much memory: a file of 512 MiB in segments, three of them in flight, without TLS.
#
# Prints bytes stored per second of the clock and of processor time, for the segments alone and with FINALIZE, and the most memory that
# the server ever had. Needs python3 and 1.5 GiB in DIR [default: target].
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --release --locked --quiet --bin preflight
storage=$(mktemp -d "${1:-target}/emulator-bench.XXXXXX")
trap 'rm -rf "$storage"' EXIT
for segment in 1 4 5; do
    python3 benches/emulator/run.py target/release/preflight "$storage/$segment" "$segment"
    rm -rf "${storage:?}/$segment"
done
