"""twython: v1.1. It signs https://upload.twitter.com; an adapter brings the requests here, without TLS."""

from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from twython import Twython, TwythonAuthError

from world import *


class Here(HTTPAdapter):
    def send(self, request, **arguments):
        asked = urlsplit(request.url)
        request.headers["Host"] = asked.netloc
        request.url = HTTP + asked.path + ("?" + asked.query if asked.query else "")
        return super().send(request, **arguments)


def client(secret=SECRET):
    twython = Twython(KEY, secret, TOKEN, TOKEN_SECRET)
    twython.client.mount("https://", Here())
    return twython


def video():
    with open(VIDEO, "rb") as media:
        answer = client().upload_video(media, "video/mp4", media_category="tweet_video", check_progress=True)
    assert answer["processing_info"]["state"] == "succeeded", answer
    stored(answer["media_id"], VIDEO)


def photo():
    with open(PHOTO, "rb") as media:
        answer = client().upload_media(media=media)
    stored(answer["media_id"], PHOTO)
    # It takes no answer of an empty body; the service gives one all the same.
    try:
        client().create_metadata(media_id=answer["media_id_string"], alt_text={"text": ALT_TEXT})
    except Exception as error:
        assert "not valid JSON" in str(error), error
    described(answer["media_id"])


def wrong_secret():
    with open(PHOTO, "rb") as media:
        refused(TwythonAuthError, lambda: client("wrong").upload_media(media=media), 401)
    with open(VIDEO, "rb") as media:
        refused(TwythonAuthError, lambda: client("wrong").upload_video(media, "video/mp4"), 401)


for what, action in {
    "a video in chunks, processed": video,
    "a photo in one call, with alternative text": photo,
    "a wrong secret": wrong_secret,
}.items():
    check("twython", what, action)
