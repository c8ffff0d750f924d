#!/usr/bin/env python3
"""Writes what ffprobe and MediaInfo say other than the truth about the labelled movies, as the tables of docs/accuracy.md.

usage: peers.py [DIRECTORY]        default: target/labelled, made by make.py

Rewrites docs/accuracy.md up to its section on real files, which is written by hand from what real.py prints.

`preflight facts` is compared with the same labels by `cargo test --test labelled`.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

DIRECTORY = sys.argv[1] if len(sys.argv) > 1 else "target/labelled"
CHROMA = {"yuv420p": "4:2:0", "yuvj420p": "4:2:0", "yuv420p10le": "4:2:0", "yuv422p": "4:2:2", "yuv422p10le": "4:2:2", "yuv444p": "4:4:4",
          "gbrp": "RGB", "gray": "monochrome"}
FACTS = {
    "dimensions": "size of the picture", "displayed": "size as displayed", "pixel_aspect": "pixel aspect ratio", "chroma": "chroma sampling", "bit_depth": "bit depth",
    "frame_rate": "frame rate", "duration": "duration as presented", "scan": "scan", "open_gops": "open GOPs", "sbr": "HE-AAC", "channels": "channels of the first sound",
}


def ask(command):
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    try:
        return json.loads(result.stdout)
    except ValueError:
        return {}


def ffprobe(path):
    answer = ask(["ffprobe", "-v", "quiet", "-of", "json", "-show_streams", "-show_format", path])
    streams = answer.get("streams", [])
    video = next((s for s in streams if s["codec_type"] == "video"), {})
    audio = next((s for s in streams if s["codec_type"] == "audio"), {})
    facts = {}
    if video.get("width"):
        width, height = video["width"], video["height"]
        turned = any(abs(int(d.get("rotation", 0))) % 180 == 90 for d in video.get("side_data_list", []))
        facts["dimensions"] = f"{width}x{height}"
        facts["displayed"] = f"{height}x{width}" if turned else f"{width}x{height}"
        facts["chroma"] = CHROMA.get(video.get("pix_fmt"), video.get("pix_fmt"))
        facts["bit_depth"] = video.get("bits_per_raw_sample")
        facts["pixel_aspect"] = ratio(video.get("sample_aspect_ratio", "").replace(":", "/"))
        facts["frame_rate"] = ratio(video.get("avg_frame_rate"))
        order = video.get("field_order")
        facts["scan"] = {"progressive": "progressive", None: None, "unknown": None}.get(order, "interlaced")
    if audio:
        facts["channels"] = str(audio.get("channels"))
        facts["sbr"] = "HE-AAC" if "HE" in audio.get("profile", "") else audio.get("profile")
    facts["duration"] = answer.get("format", {}).get("duration")
    return facts


def mediainfo(path):
    tracks = (ask(["mediainfo", "--Output=JSON", path]).get("media") or {}).get("track", [])
    of = lambda kind: next((t for t in tracks if t["@type"] == kind), {})
    video, audio = of("Video"), of("Audio")
    facts = {}
    if video.get("Width"):
        width, height = video["Width"], video["Height"]
        turned = round(float(video.get("Rotation", 0))) % 180 == 90
        facts["dimensions"] = f"{width}x{height}"
        facts["displayed"] = f"{height}x{width}" if turned else f"{width}x{height}"
        rgb = video.get("ColorSpace") == "RGB"
        facts["chroma"] = "RGB" if rgb else "monochrome" if video.get("ColorSpace") == "Y" else video.get("ChromaSubsampling")
        facts["bit_depth"] = video.get("BitDepth")
        facts["pixel_aspect"] = video.get("PixelAspectRatio")
        facts["frame_rate"] = ratio(f"{video['FrameRate_Num']}/{video['FrameRate_Den']}") if "FrameRate_Num" in video else video.get("FrameRate")
        facts["scan"] = {"Progressive": "progressive", "Interlaced": "interlaced", "MBAFF": "interlaced"}.get(video.get("ScanType"), video.get("ScanType"))
    if audio:
        facts["channels"] = audio.get("Channels")
        facts["sbr"] = "HE-AAC" if "SBR" in audio.get("Format_AdditionalFeatures", "") + audio.get("Format_Commercial_IfAny", "") else audio.get("Format_AdditionalFeatures")
    facts["duration"] = of("General").get("Duration")
    return facts


def ratio(text):
    try:
        return str(Fraction(text))
    except (ValueError, ZeroDivisionError, TypeError):
        return None


def agrees(fact, truth, said):
    if said is None:
        return False
    if fact in ("duration", "pixel_aspect", "frame_rate"):
        # What a tool prints with three decimals is taken for exact.
        return abs(Fraction(truth) - Fraction(said)) <= Fraction(1, 1000)
    if fact == "sbr":
        return (said == "HE-AAC") == (truth != "none")
    if fact == "scan":
        return (said == "interlaced") == (truth == "interlaced")
    return truth == said


DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/accuracy.md")
BY_HAND = "\n## Real files\n"


def main():
    with open(DOCUMENT) as f:
        _, found, rest = f.read().partition(BY_HAND)
    lines = []
    tables(lines.append)
    with open(DOCUMENT, "w") as f:
        f.write("\n".join(lines) + "\n" + found + rest)


def tables(print):
    with open(os.path.join(DIRECTORY, "labels.json")) as f:
        labels = json.load(f)["files"]
    movies = [l for l in labels if l["path"].endswith((".mp4", ".mov", ".m4v", ".3gp", ".ismv")) and l["facts"] and "truncated-file" not in l["errors"]
              and not l["path"].startswith(("limits/", "codecs/"))]
    for label in movies:
        # Where the label names an interlaced film and nothing else, that is a fact as well.
        if "interlaced" in label["errors"]:
            label["facts"].setdefault("scan", "interlaced")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda l: (ffprobe(os.path.join(DIRECTORY, l["path"])), mediainfo(os.path.join(DIRECTORY, l["path"]))), movies))
    counts = {fact: [0, 0, 0] for fact in FACTS}
    rows = {fact: [] for fact in FACTS}
    for label, (probe, info) in zip(movies, answers):
        for fact in FACTS:
            truth = label["facts"].get(fact)
            if truth is None:
                continue
            truth = str(truth)
            counts[fact][0] += 1
            wrong = [not agrees(fact, truth, said.get(fact)) for said in (probe, info)]
            if fact == "open_gops":
                wrong = [truth != "0"] * 2
            for tool in (0, 1):
                counts[fact][tool + 1] += wrong[tool]
            if any(wrong) and fact != "open_gops":
                cells = ["as is" if not w else said.get(fact) or "nothing" for w, said in zip(wrong, (probe, info))]
                rows[fact].append((label["path"], truth, *cells))
            elif any(wrong):
                rows[fact].append((label["path"], truth, "nothing", "nothing"))
    version = lambda *c: subprocess.run(c, capture_output=True, text=True).stdout
    print("# Accuracy\n")
    print(f"{len(movies)} labelled movies (`tests/labelled/`) whose facts are known from how they were made, asked of `preflight`, of "
          f"ffprobe {version('ffprobe', '-version').split()[2]} and of MediaInfo {version('mediainfo', '--Version').split()[-1]}. "
          "`preflight` is held to every one of these facts by `cargo test --test labelled`. A tool's answer counts as right within 1 ms or "
          "a thousandth, and as wrong where it says nothing; the frame rate is (frames - 1) / (last - first composition time), "
          "the duration that of what the enabled sound and picture tracks present. Written by `tests/labelled/peers.py`.\n")
    print("| fact | movies | ffprobe wrong | MediaInfo wrong |\n|---|---:|---:|---:|")
    for fact, name in FACTS.items():
        n, a, b = counts[fact]
        print(f"| {name} | {n} | {a} | {b} |")
    for fact, name in FACTS.items():
        if rows[fact]:
            print(f"\n## {name[0].upper()}{name[1:]}\n\n| movie | truth | ffprobe | MediaInfo |\n|---|---|---|---|")
            for row in rows[fact]:
                print("| " + " | ".join(f"`{row[0]}`" if i == 0 else str(c) for i, c in enumerate(row)) + " |")


if __name__ == "__main__":
    main()
