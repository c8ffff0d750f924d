"""xdk: v2, by a bearer and by OAuth 1.0a; its segments are base64 in JSON."""

import base64
import time

from xdk import Client
from xdk.oauth1_auth import OAuth1

from world import *

CHUNK = 1 << 20


def by_bearer(token=BEARER):
    return Client(base_url=HTTP, access_token=token)


def by_oauth1(secret=SECRET):
    return Client(base_url=HTTP, auth=OAuth1(KEY, secret, callback="oob", access_token=TOKEN, access_token_secret=TOKEN_SECRET))


def upload(client, path, media_type, category):
    content = read(path)
    begun = client.media.initialize_upload({"media_type": media_type, "media_category": category, "total_bytes": len(content)})
    media_id = begun.data.id if hasattr(begun.data, "id") else begun.data["id"]
    for index, start in enumerate(range(0, len(content), CHUNK)):
        media = base64.b64encode(content[start:start + CHUNK]).decode()
        client.media.append_upload(media_id, {"media": media, "segment_index": index})
    client.media.finalize_upload(media_id)
    while (info := requests_status(client, media_id)) and info["state"] not in ("succeeded", "failed"):
        time.sleep(min(info.get("check_after_secs", 1), 1))
    assert info is None or info["state"] == "succeeded", info
    stored(media_id, path)
    return media_id


def requests_status(client, media_id):
    """How the processing goes; nothing where there is none."""
    try:
        answer = client.media.get_upload_status(media_id, command="STATUS")
    except requests.HTTPError as error:
        assert error.response.status_code == 400, error.response.text
        return None
    return answer.model_dump()["data"]["processing_info"]


def one_shot():
    media = base64.b64encode(read(PHOTO)).decode()
    answer = by_bearer().media.upload({"media": media, "media_category": "tweet_image", "media_type": "image/jpeg"})
    media_id = answer.model_dump()["data"]["id"]
    stored(media_id, PHOTO)
    by_bearer().media.create_metadata({"id": media_id, "metadata": {"alt_text": {"text": ALT_TEXT}}})
    described(media_id)


def subtitles():
    client = by_bearer()
    video = upload(client, VIDEO, "video/mp4", "tweet_video")
    captions = upload(client, CAPTIONS, "text/srt", "subtitles")
    entry = {"id": captions, "language_code": "EN", "display_name": "English"}
    client.media.create_subtitles({"id": video, "media_category": "TweetVideo", "subtitles": entry})
    assert captions in str(meta(video)), meta(video)
    answer = client.media.delete_subtitles({"id": video, "media_category": "TweetVideo", "language_code": "EN"})
    assert answer.model_dump()["data"]["deleted"] is True
    assert captions not in str(meta(video)), meta(video)


def wrong_secret():
    for client in (by_bearer("wrong"), by_oauth1("wrong")):
        begin = lambda: client.media.initialize_upload({"media_type": "video/mp4", "total_bytes": 5})
        refused(requests.HTTPError, begin, 401)


for what, action in {
    "a video in chunks, by a bearer": lambda: upload(by_bearer(), VIDEO, "video/mp4", "tweet_video"),
    "a GIF in chunks, by OAuth 1.0a": lambda: upload(by_oauth1(), GIF, "image/gif", "tweet_gif"),
    "a photo in one call, with alternative text": one_shot,
    "subtitles attached and taken off": subtitles,
    "a wrong secret": wrong_secret,
}.items():
    check("xdk (Python)", what, action)
