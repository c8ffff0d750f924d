#!/usr/bin/env bash
# Completions and manual pages, as a shell and man take them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$PREFLIGHT" completions bash >"$folder/preflight.bash"
complete_words() { # WORD...: what bash offers for the last of them
  bash --norc -c 'source "$1"; shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    function=$(complete -p preflight | sed "s/.*-F \([^ ]*\).*/\1/")
    "$function" preflight "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    printf "%s\n" "${COMPREPLY[@]}"' _ "$folder/preflight.bash" "$@"
}
complete_words preflight wa | grep -qx watch
complete_words preflight check --category tweet_v | grep -qx tweet_video
complete_words preflight scan --exe | grep -q . && exit 1
complete_words preflight watch --exec-p | grep -qx -- --exec-pass
for shell in zsh fish; do
  "$PREFLIGHT" completions "$shell" >"$folder/preflight.$shell"
  # Where the shell is there, it says whether it can read them.
  [ -z "$(type -P "$shell")" ] || "$shell" -n "$folder/preflight.$shell"
done
# Read to the end: grep -q leaves a writer behind that nobody reads any more.
"$PREFLIGHT" completions powershell | grep -c Register-ArgumentCompleter >/dev/null
"$PREFLIGHT" completions elvish | grep -c 'edit:completion' >/dev/null

"$PREFLIGHT" man --out "$folder/man1"
for page in preflight preflight-check preflight-scan preflight-watch preflight-explain; do
  grep -q '^.TH' "$folder/man1/$page.1"
done
if [ -n "$(type -P man)" ]; then
  MANPATH=$folder:$(manpath 2>/dev/null || true) man --warnings -E UTF-8 -P cat "$folder/man1/preflight-watch.1" 2>"$folder/warnings" |
    grep -c 'preflight.watch' >/dev/null
  [ ! -s "$folder/warnings" ] || { cat "$folder/warnings"; exit 1; }
fi
echo "shell: completions complete, manual pages can be read"
