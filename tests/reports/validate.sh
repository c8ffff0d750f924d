#!/usr/bin/env bash
# Holds the SARIF and JUnit reports to the published schemas, with validators that nobody here wrote.
#
# The schema of SARIF 2.1.0 comes with the crate serde-sarif, the one that Jenkins has for JUnit with the sources of
# pytest; check-jsonschema and lxml hold the reports to them. All is fetched into a folder of its own: target/validate.
#
# usage: tests/reports/validate.sh [PROGRAM]    (default: target/debug/preflight, built where it is missing)
set -euo pipefail
cd "$(dirname "$0")/../.."

work=target/validate
mkdir -p "$work/crate/src"

program=${1:-}
if [[ -z $program ]]; then
    cargo build --locked --quiet
    program=target/debug/preflight
fi

if [[ ! -x $work/venv/bin/check-jsonschema ]]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet check-jsonschema==0.39.0 lxml
fi

if [[ ! -s $work/sarif-schema.json ]]; then
    # A package of its own, outside this one's lock file.
    cat > "$work/crate/Cargo.toml" <<'TOML'
[package]
name = "schema-source"
version = "0.0.0"
edition = "2021"
[dependencies]
serde-sarif = "=0.8.0"
[workspace]
TOML
    : > "$work/crate/src/lib.rs"
    manifest=$(cargo metadata --quiet --format-version 1 --manifest-path "$work/crate/Cargo.toml" |
        python3 -c 'import json, sys
print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == "serde-sarif"))')
    cp "$(dirname "$manifest")/src/schema.json" "$work/sarif-schema.json"
fi

if [[ ! -s $work/junit-10.xsd ]]; then
    "$work/venv/bin/pip" download --quiet --no-deps --no-binary :all: -d "$work" pytest==8.1.1 ||
        [[ -s $work/pytest-8.1.1.tar.gz ]]
    tar -xzOf "$work/pytest-8.1.1.tar.gz" pytest-8.1.1/testing/example_scripts/junit-10.xsd > "$work/junit-10.xsd"
fi

# Names that are hard to write, beside the samples.
media=$work/media
rm -rf "$media"
mkdir -p "$media/deeper"
cp samples/video-61-fps.mp4 "$media/a,b \"c\" <d>&e'::f%20#g.mp4"
cp samples/gif-351-frames.gif "$media"/$'new\nline\ttab\eescape.gif'
cp samples/gif-351-frames.gif "$media"/$'not-utf-8-\xff.gif'
cp samples/video-open-gop.mp4 "$media/deeper/büro 日本.mp4"

validate() {
    local name=$1
    shift
    "$program" check "$@" --format sarif --output "$work/$name.sarif.json" --output "$work/$name.xml" > "$work/$name.out" || (($? < 4))
    cmp "$work/$name.out" "$work/$name.sarif.json"
    # The schema has a pattern that only the old regular expressions of ECMAScript take.
    "$work/venv/bin/check-jsonschema" --regex-variant nonunicode --schemafile "$work/sarif-schema.json" "$work/$name.sarif.json"
    "$work/venv/bin/python" - "$work/junit-10.xsd" "$work/$name.xml" <<'PYTHON'
import sys
from lxml import etree
schema = etree.XMLSchema(etree.parse(sys.argv[1]))
report = etree.parse(sys.argv[2])
schema.assertValid(report)
for suite in report.getroot():
    cases = list(suite)
    for kind in ("failure", "error", "skipped"):
        counted = sum(case.find(kind) is not None for case in cases)
        attribute = {"failure": "failures", "error": "errors", "skipped": "skipped"}[kind]
        assert int(suite.get(attribute)) == counted, (suite.get("name"), kind)
    assert int(suite.get("tests")) == len(cases)
print(f"ok -- {sum(len(suite) for suite in report.getroot())} test cases in {sys.argv[2]}")
PYTHON
}

validate samples samples
validate names "$media" "$media/deeper" --fail-on warning --allow-undecided
validate unreadable samples/video.mp4 missing.mp4 "$PWD/samples/picture.png"
validate post --post samples/photo.jpg samples/video.mp4
validate nothing "$(mktemp -d)"

# Our own JSON against our own schemas.
for command in report plan compare; do
    "$program" schema "$command" > "$work/$command.schema.json"
done
"$program" check samples --format json > "$work/report.json" || (($? < 4))
"$program" plan samples --warnings --split --format json > "$work/plan.json" || (($? < 4))
"$program" compare samples/video.mp4 samples/video-422.mp4 --format json > "$work/compare.json" || (($? < 4))
for command in report plan compare; do
    "$work/venv/bin/check-jsonschema" --schemafile "$work/$command.schema.json" "$work/$command.json"
done
