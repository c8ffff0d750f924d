#!/usr/bin/env bash
# Looks at the HTML report in Chromium: does it filter, sort, search, open, copy and stay inert, without asking any network? And at
# the page of `preflight serve`: does it show uploads, their states and verdicts as they happen?
#
# Installs what is missing (Debian's chromium and node, as root), and playwright-core from npm into target/browser. Prints
# "N passed, N failed", leaves screenshots in target/browser/screens, and fails where a check does.
set -euo pipefail
cd "$(dirname "$0")/../.."

. tests/install.sh
install_missing chromium node:nodejs npm

work=$PWD/target/browser
mkdir -p "$work/screens"
cp tests/browser/package.json "$work/"
if [[ ! -d $work/node_modules/playwright-core ]]; then
    (cd "$work" && npm install --no-package-lock --no-audit --no-fund --loglevel=error)
fi

cargo build --locked --quiet --bin preflight
preflight=$PWD/target/debug/preflight

# A library of the samples, of names that try to be markup, and one of ten thousand files.
library=$work/library
rm -rf "$library"
mkdir -p "$library/samples" "$library/hostile" "$library/folder<"
cp samples/*.* "$library/samples/"
gif=samples/gif-without-trailer.gif
cp "$gif" "$library/hostile/<img src=x onerror=alert(1)>.gif"
cp "$gif" "$library/hostile/\"double\" 'single' &amp; <b>bold.gif"
cp "$gif" "$library/hostile/"$'new\nline \e[31m.gif'
cp "$gif" "$library/hostile/right"$'\u202e'"fig.gif"
cp "$gif" "$library/hostile/"$'not-utf-8-\xff\xfe.gif'
cp "$gif" "$library/hostile/\${alert(4)} {{alert(5)}}.gif"
# The slash of an end tag can only come from a folder.
cp "$gif" "$library/folder</script><script>alert(2)<!--.gif"
names=(samples/*.*)
for ((folder = 0; folder < 20; folder++)); do
    mkdir -p "$library/many-$folder"
    for ((file = 0; file < 500; file++)); do
        name=${names[(folder * 500 + file) % ${#names[@]}]}
        ln "$library/samples/${name##*/}" "$library/many-$folder/$file-${name##*/}"
    done
done

check() {
    local status=0
    "$preflight" check "$@" >/dev/null || status=$?
    # 1 says that files fail, and 3 that one could not be read: both are meant.
    [[ $status == 1 || $status == 3 ]] || { echo "preflight ended with $status" >&2; exit 1; }
}
cd "$library"
check samples hostile 'folder<' gone.mp4 --output "$work/report.html" 2>/dev/null
check many-* --no-thumbnails --output "$work/many.html"
check samples/photo.jpg samples/video.mp4 --post --output "$work/post.html"

cd - >/dev/null
node tests/browser/check.cjs "$work"
node tests/browser/emulator.cjs "$work" "$preflight"
