"""tweepy: v1.1 over TLS, signed by OAuth 1.0a."""

import tweepy

from world import *


def api(secret=SECRET):
    auth = tweepy.OAuth1UserHandler(KEY, secret, TOKEN, TOKEN_SECRET)
    return tweepy.API(auth, upload_host=HTTPS.removeprefix("https://"), parser=tweepy.parsers.ModelParser())


def chunked():
    media = api().media_upload(VIDEO, chunked=True, media_category="tweet_video")
    assert media.processing_info["state"] == "succeeded", media.processing_info
    assert media.media_id_string == str(media.media_id)
    stored(media.media_id, VIDEO)


def small_chunks():
    media = api().chunked_upload(GIF, file_type="image/gif", media_category="tweet_gif", chunk_size=5000)
    stored(media.media_id, GIF)
    api().create_media_metadata(media.media_id, ALT_TEXT)
    described(media.media_id)


def simple():
    media = api().simple_upload(PHOTO)
    assert media.image["image_type"] == "image/jpeg" and media.size == len(read(PHOTO))
    stored(media.media_id, PHOTO)
    api().create_media_metadata(media.media_id_string, ALT_TEXT)
    described(media.media_id)


def subtitles():
    client = api()
    captions = client.chunked_upload(CAPTIONS, file_type="text/srt", media_category="subtitles")
    stored(captions.media_id, CAPTIONS)
    video = client.chunked_upload(VIDEO, file_type="video/mp4", media_category="tweet_video")
    about = {"media_id": video.media_id_string, "media_category": "TweetVideo"}
    entry = {"media_id": captions.media_id_string, "language_code": "en", "display_name": "English"}

    def send(call, entry):
        payload = {**about, "subtitle_info": {"subtitles": [entry]}}
        client.request("POST", f"media/subtitles/{call}", json_payload=payload, upload_api=True,
                       parser=tweepy.parsers.RawParser())

    send("create", entry)
    assert captions.media_id_string in str(meta(video.media_id)), meta(video.media_id)
    send("delete", {"language_code": "en"})
    assert captions.media_id_string not in str(meta(video.media_id)), meta(video.media_id)


def wrong_secret():
    refused(tweepy.Unauthorized, lambda: api("wrong").simple_upload(PHOTO), 401, 32)
    refused(tweepy.Unauthorized, lambda: api("wrong").media_upload(VIDEO, chunked=True), 401, 32)
    refused(tweepy.Unauthorized, lambda: api("wrong").create_media_metadata(1, "x"), 401, 32)
    for call in ("create", "delete"):
        send = lambda: api("wrong").request("POST", f"media/subtitles/{call}", json_payload={"media_id": "1"}, upload_api=True)
        refused(tweepy.Forbidden, send, 403)


for what, action in {
    "a video in chunks, processed": chunked,
    "a GIF in many chunks, with alternative text": small_chunks,
    "a photo in one call, with alternative text": simple,
    "subtitles attached and taken off": subtitles,
    "a wrong secret": wrong_secret,
}.items():
    check("tweepy", what, action)
