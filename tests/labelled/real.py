#!/usr/bin/env python3
"""Compares every fact that ffprobe also knows on all media files under a directory; prints the disagreements.

usage: real.py DIRECTORY [PREFLIGHT]        default program: target/debug/preflight
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import peers

KNOWN = (".mp4", ".mov", ".m4v", ".m4a", ".3gp", ".gif", ".png", ".jpg", ".jpeg", ".webp", ".apng")


def value(fact):
    return fact["known"]["value"] if isinstance(fact, dict) and "known" in fact else None


def preflight(program, path):
    facts = peers.ask([program, "facts", "--format", "json", path]).get("facts", {})
    said = {}
    movie = facts.get("movie")
    if movie:
        tracks = movie["tracks"]
        videos = [t for t in tracks if t["kind"] == "video"]
        video = next((t for t in videos if value(t["enabled"])), videos[0] if videos else None)
        audio = next((t for t in tracks if t["kind"] == "audio"), None)
        if video:
            size = value(video["video"]["dimensions"])
            said["dimensions"] = size and f"{size['width']}x{size['height']}"
            said["codec"] = value(video["codec"]) and value(video["codec"])["name"]
            said["chroma"] = value(video["video"]["chroma_format"])
            said["samples"] = text(value(video["samples"]))
            rate = value(video["video"]["frame_rate"])
            said["frame_rate"] = rate and rate["average"]
            said["profile"] = value(video["video"]["profile"])
        if audio:
            said["channels"] = text(value(audio["audio"]["channels"]))
            said["sample_rate"] = text(value(audio["audio"]["sample_rate"]))
            said["audio_codec"] = value(audio["codec"]) and value(audio["codec"])["name"]
        said["duration"] = value(movie["duration"])
    image = facts.get("image")
    if image:
        size = value(image["dimensions"])
        said["dimensions"] = size and f"{size['width']}x{size['height']}"
        if facts["format"] == "gif":
            said["samples"] = text(value(facts["animation"]["frames"]))
    return said, facts


def ffprobe(path):
    facts = peers.ffprobe(path)
    gif = path.endswith(".gif")
    answer = peers.ask(["ffprobe", "-v", "quiet", "-of", "json", *(["-count_packets"] if gif else []), "-show_streams", path])
    streams = answer.get("streams", [])
    video = next((s for s in streams if s["codec_type"] == "video" and not s["disposition"].get("attached_pic")), {})
    audio = next((s for s in streams if s["codec_type"] == "audio"), {})
    facts["codec"] = video.get("codec_name")
    facts["profile"] = video.get("profile")
    facts["samples"] = video.get("nb_read_packets" if gif else "nb_frames")
    facts["audio_codec"] = audio.get("codec_name")
    facts["sample_rate"] = audio.get("sample_rate")
    return facts


def text(number):
    return None if number is None else str(number)


def main():
    program = sys.argv[2] if len(sys.argv) > 2 else "target/debug/preflight"
    paths = sorted(os.path.join(d, f) for d, _, files in os.walk(sys.argv[1]) for f in files if f.lower().endswith(KNOWN))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda p: (preflight(program, p), ffprobe(p)), paths))
    compared = differing = 0
    for path, ((ours, _), theirs) in zip(paths, answers):
        for fact, mine in ours.items():
            other = theirs.get(fact)
            if other in (None, "0", "unknown"):
                continue  # ffprobe does not tell
            compared += 1
            if same(fact, mine, other):
                continue
            differing += 1
            print(f"{os.path.relpath(path, sys.argv[1])}: {fact}: preflight {mine}, ffprobe {other}")
    print(f"{len(paths)} files, {compared} facts compared, {differing} differ")


NAMES = {"h.264": "h264", "hevc": "hevc", "vp9": "vp9", "av1": "av1", "aac": "aac", "mp3": "mp3", "opus": "opus", "flac": "flac", "ac-3": "ac3", "e-ac-3": "eac3", "alac": "alac", "mpeg-4 part 2": "mpeg4", "motion jpeg": "mjpeg"}


def same(fact, mine, other):
    if mine is None or other is None:
        return mine == other
    if fact.endswith("codec"):
        return NAMES.get(mine.lower(), mine.lower()).startswith(other)
    if fact in ("duration", "frame_rate"):
        return abs(Fraction(mine) - Fraction(other)) <= Fraction(2, 1000)
    return mine == other


if __name__ == "__main__":
    main()
