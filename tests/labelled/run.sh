#!/bin/sh
# Makes the labelled set and holds the program to it. ffmpeg and x264 are installed from Debian where they are missing.
#
# usage: tests/labelled/run.sh [ directory ]        default: target/labelled
set -eu
cd "$(dirname "$0")/../.."
directory=${1:-target/labelled}

. tests/install.sh
install_missing python3 ffmpeg x264

python3 tests/labelled/make.py "$directory"
LABELLED=$(cd "$directory" && pwd) exec cargo test --locked --test labelled -- --nocapture
