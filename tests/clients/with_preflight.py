"""The command itself, both versions; what it sends is compared with what the others send."""

import subprocess
import tempfile

from world import *

PREFLIGHT = os.environ["PREFLIGHT"]


def preflight(*arguments):
    done = subprocess.run([PREFLIGHT, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def upload(api, path, *options):
    with tempfile.TemporaryDirectory() as state:
        answer = preflight("upload", "--api", api, "--endpoint", HTTP, "--no-config", "--state-dir", state,
                           "--format", "json", *options, path)
    entry = json.loads(answer)["files"][0]
    stored(entry["media_id"], path)
    return entry


def described_gif(api):
    entry = upload(api, GIF, "--chunk-size", "5000", "--alt-text", ALT_TEXT)
    assert entry["segments"] == -(-len(read(GIF)) // 5000), entry
    described(entry["media_id"])


def simple(api, *options):
    described(upload(api, PHOTO, "--simple", "--alt-text", ALT_TEXT, *options)["media_id"])


def subtitles(api):
    video = upload(api, VIDEO, "--subtitle", f"en:English={CAPTIONS}")["media_id"]
    assert "English" in str(meta(video)), meta(video)
    preflight("subtitles", "remove", "--api", api, "--endpoint", HTTP, video, "en")
    assert "English" not in str(meta(video)), meta(video)


for api in ("1.1", "2"):
    for what, action in {
        "a video in chunks": lambda: upload(api, VIDEO),
        "a GIF in many chunks, with alternative text": lambda: described_gif(api),
        "a photo in one call, with alternative text": lambda: simple(api),
        "a video as base64": lambda: upload(api, VIDEO, "--base64"),
        "a photo as base64": lambda: simple(api, "--base64"),
        "subtitles attached and taken off": lambda: subtitles(api),
    }.items():
        check(f"preflight {api}", what, action)
