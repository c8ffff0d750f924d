#!/usr/bin/env bash
# Has real clients upload to `preflight serve`: are the stored bytes right, do the signatures verify, are wrong secrets refused?
#
# Installs the pinned clients from PyPI and npm into target/clients, and what is missing of Debian's python3-venv, nodejs and npm (as
# root). PREFLIGHT names another binary than the one that is built here. Prints a line for each check, and fails where one does.
set -euo pipefail
cd "$(dirname "$0")/../.."

. tests/install.sh
python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3 python3-venv
install_missing node:nodejs npm

here=$PWD/tests/clients
work=$PWD/target/clients
mkdir -p "$work"
if ! cmp -s "$here/requirements.txt" "$work/installed.txt"; then
    rm -rf "$work/python"
    python3 -m venv "$work/python"
    "$work/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/installed.txt"
fi
if ! cmp -s "$here/package.json" "$work/package.json"; then
    rm -rf "$work/node_modules"
    cp "$here/package.json" "$work/package.json"
    (cd "$work" && npm install --no-package-lock --no-audit --no-fund --loglevel=error) || { rm "$work/package.json"; exit 1; }
fi
if [[ -z ${PREFLIGHT-} ]]; then
    cargo build --locked --quiet --bin preflight
    PREFLIGHT=$PWD/target/debug/preflight
fi

export MEDIA=$work/media STORAGE=$work/storage
export PREFLIGHT_API_KEY=xvz1evFS4wEEPTGEFPHBog PREFLIGHT_API_SECRET=a+secret/of~the-app
export PREFLIGHT_ACCESS_TOKEN=370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb PREFLIGHT_ACCESS_SECRET=LswwdoUaIvS8ltyTt5jkRh
export PREFLIGHT_BEARER=AAAAAAAAAAAAAAAAAAAAAA%2FAAAAAAAA
rm -rf "$MEDIA" "$STORAGE"
"$work/python/bin/python" "$here/make_media.py" samples "$MEDIA"

output=$work/serve.txt
"$PREFLIGHT" serve --tls --storage "$STORAGE" --processing-time 1 >"$output" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true' EXIT
for _ in {1..100}; do
    grep -q '^CA file: ' "$output" && break
    kill -0 "$server" || { cat "$output"; exit 1; }
    sleep 0.1
done
HTTP=$(sed -n 's/^listening on \(http:.*\)/\1/p' "$output")
HTTPS=$(sed -n 's/^listening on \(https:.*\)/\1/p' "$output")
CA=$(sed -n 's/^CA file: //p' "$output")
export HTTP HTTPS REQUESTS_CA_BUNDLE=$CA NODE_EXTRA_CA_CERTS=$CA PYTHONDONTWRITEBYTECODE=1
# What a proxy of this machine would do to requests is not the question.
export NO_PROXY='*' no_proxy='*'

run() {
    for client in "$here"/with_*.py; do
        "$work/python/bin/python" "$client" || status=1
    done
    # Modules are looked for beside the script.
    cp "$here"/*.mjs "$work/"
    for client in "$here"/with_*.mjs; do
        node "$work/$(basename "$client")" || status=1
    done
}

status=0
export PREFLIGHT
run

# Once more through a recorder: do the clients send what they sent when their requests were written down, and so do we?
echo "== recording"
transcripts=$work/transcripts
rm -rf "$transcripts"
mkdir -p "$transcripts"
certificate=$(dirname "$CA")
"$work/python/bin/python" "$here/record.py" "$HTTP" "$certificate/server.pem" "$certificate/server-key.pem" "$transcripts" \
    >"$work/record.txt" 2>"$work/record.log" &
recorder=$!
trap 'kill "$server" "$recorder" 2>/dev/null; wait 2>/dev/null || true' EXIT
for _ in {1..100}; do
    grep -q '^https:' "$work/record.txt" && break
    sleep 0.1
done
{ read -r HTTP; read -r HTTPS; } <"$work/record.txt"
RECORDING=1 run
kill "$recorder"
wait "$recorder" 2>/dev/null || true
if [[ -n ${UPDATE-} ]]; then
    mkdir -p "$here/transcripts"
    cp "$transcripts"/*.json "$here/transcripts/"
fi
diff -r "$here/transcripts" "$transcripts" || {
    echo "The clients send something else than is written down: see above, and UPDATE=1 tests/clients/run.sh"
    status=1
}
exit "$status"
