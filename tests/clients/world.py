"""What every client of the tests is given, and how it is held to the truth: the server's storage."""

import atexit
import hashlib
import json
import os
import pathlib
import sys
import traceback

import requests

HTTP = os.environ["HTTP"]
HTTPS = os.environ["HTTPS"]
MEDIA = pathlib.Path(os.environ["MEDIA"])
STORAGE = pathlib.Path(os.environ["STORAGE"])
KEY, SECRET, TOKEN, TOKEN_SECRET, BEARER = (
    os.environ["PREFLIGHT_" + name]
    for name in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET", "BEARER")
)

VIDEO, GIF, PHOTO, CAPTIONS = (str(MEDIA / name) for name in ("video.mp4", "animated.gif", "photo.jpg", "captions.srt"))
ALT_TEXT = 'A cat — "dances" & 踊る.'

RECORDING = "RECORDING" in os.environ
failed = False


def read(path):
    return pathlib.Path(path).read_bytes()


def stored(media_id, path):
    """The server has the very bytes of the file under that id."""
    content = STORAGE / "media" / str(media_id) / "content"
    ours, theirs = (hashlib.sha256(read(p)).hexdigest() for p in (path, content))
    assert ours == theirs, f"{path}: sent {ours}, stored {theirs}"


def meta(media_id):
    return json.loads((STORAGE / "media" / str(media_id) / "meta.json").read_text())


def described(media_id, text=ALT_TEXT):
    assert text in json.dumps(meta(media_id), ensure_ascii=False).replace('\\"', '"'), meta(media_id)


def check(client, what, action):
    """Runs one check, and tells how it went."""
    global failed
    if RECORDING:
        if what.startswith("a wrong"):
            return
        requests.post(HTTP + "/_mark", json=[client, what])
    try:
        action()
        print(f"ok      {client}: {what}")
    except Exception:
        failed = True
        print(f"FAILED  {client}: {what}")
        traceback.print_exc(file=sys.stdout)
    sys.stdout.flush()


def refused(error, action, status, code=None):
    """The action is refused with that status, and where one is named, with that code."""
    try:
        action()
    except error as refusal:
        said = str(getattr(refusal, "response", None) is not None and refusal.response.text or refusal)
        got = getattr(refusal, "error_code", None) or refusal.response.status_code
        assert got == status, f"{got} instead of {status}: {said}"
        assert code is None or f'"code":{code},' in said.replace(" ", "") or str(code) in str(refusal), said
        return
    raise AssertionError("it was not refused")


@atexit.register
def leave():
    sys.stdout.flush()
    if failed:
        os._exit(1)
