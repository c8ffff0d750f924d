#!/usr/bin/env python3
"""Makes pairs of files with ffmpeg and holds `preflight compare` to what was done to them, and to what ffprobe measures.

usage: run.py [--full] [--program PREFLIGHT] [--directory DIRECTORY] [NAME...]

Without --full, a sample of the pairs that takes seconds.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import pairs  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--program", default="target/debug/preflight")
    parser.add_argument("--directory", default="target/pairs")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    chosen = [pair for pair in pairs.PAIRS
              if pair.name in options.names or not options.names and (options.full or pair.name in pairs.SAMPLE)]
    make_sources(options.directory, {pair.source for pair in chosen} | set(pairs.LADDERS))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda pair: hold(options, pair), chosen))
    faults = [f"{pair.name}: {fault}" for pair, (faults, _) in zip(chosen, found) for fault in faults]
    measured = sum(count for _, count in found)
    ladders = pairs.LADDERS if options.full else {} if options.names else {"wide.mp4": pairs.LADDERS["wide.mp4"]}
    for name, sizes in ladders.items():
        faults += [f"ladder of {name}: {fault}" for fault in ladder_faults(options, name, sizes)]
    print("\n".join(faults))
    print(f"{len(chosen)} pairs, {len(ladders)} ladders, {measured} values held against ffprobe, {len(faults)} faults")
    sys.exit(1 if faults or not chosen else 0)


def make_sources(directory, names):
    for name, text in pairs.TEXTS.items():
        with open(os.path.join(directory, name), "w") as f:
            f.write(text)
    # In the order in which they are listed: later ones are made of earlier ones.
    wanted = set(names) | {"film.mp4", "hd.mp4"}
    for name, arguments in pairs.SOURCES.items():
        if name in wanted:
            made = {other: os.path.join(directory, other) for other in pairs.SOURCES}
            for other, path in made.items():
                arguments = arguments.replace("{" + other + "}", path)
            ffmpeg(arguments, os.path.join(directory, name))


def ffmpeg(arguments, path):
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *shlex.split(arguments), path]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(command)}\n{done.stderr}")


def hold(options, pair):
    source = os.path.join(options.directory, pair.source)
    result = os.path.join(options.directory, pair.result)
    if pair.made is None:
        with open(source, "rb") as before, open(result, "wb") as after:
            after.write(before.read())
    elif pair.made in pairs.TEXTS:
        with open(result, "w") as f:
            f.write(pairs.TEXTS[pair.made])
    else:
        made = pair.made
        if pair.before:
            name, arguments = pair.before
            before = os.path.join(options.directory, name)
            ffmpeg(arguments.replace("{source}", source), before)
            made = made.replace("{before}", before)
        ffmpeg(made.replace("{source}", source), result)
    command = [options.program, "compare", source, result, "--format", "json", *pair.options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return [f"exit {done.returncode}: {done.stderr.strip()}"], 0
    report = json.loads(done.stdout)
    faults = verdict_faults(pair, report, done.returncode)
    measured, count = measured_faults(source, result, report, pair)
    return faults + measured, count


def ladder_faults(options, name, sizes):
    """Makes the ladder of a film; ffprobe tells what came out."""
    source, folder = os.path.join(options.directory, name), os.path.join(options.directory, "ladder")
    command = [options.program, "ladder", source, "--make", "--overwrite", "-o", folder, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return [f"exit {done.returncode}: {done.stderr.strip() or done.stdout}"]
    report = json.loads(done.stdout)
    made = {rung["row"]: rung for rung in ({**r, "row": f"{r['row']['width']}x{r['row']['height']}"} for r in report["rungs"]) if rung["size"]}
    faults = [] if made.keys() == sizes.keys() else [f"rows {sorted(made)}, expected {sorted(sizes)}"]
    for row, wanted in sizes.items():
        if row not in made:
            continue
        path = made[row]["output"]
        probe = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-of", "json", path))
        video = next(s for s in probe["streams"] if s["codec_type"] == "video")
        sound = next(s for s in probe["streams"] if s["codec_type"] == "audio")
        found = f"{video['width']}x{video['height']}"
        truth = [(found, wanted), (video["codec_name"], "h264"), (video["pix_fmt"], "yuv420p"), (sound["profile"], "LC"),
                 (sound["channels"] <= 2, True), (Fraction(video["avg_frame_rate"]) <= 60, True), (video.get("side_data_list"), None)]
        faults += [f"{row}: {has}, expected {should}" for has, should in truth if has != should]
        if made[row]["comparison"]["verdict"] != "pass" or made[row]["verdict"] != "pass":
            faults.append(f"{row}: {made[row]['comparison']['verdict']}")
    return faults


def verdict_faults(pair, report, status):
    rows = report["rows"]
    found = {kind: {row["row"] for row in rows if row["verdict"] == "fail" and row["severity"] == kind}
             for kind in ("error", "warning")}
    undecided = {row["row"] for row in rows if row["verdict"] == "undecided"}
    expected = "fail" if pair.errors else "undecided" if pair.undecided else "pass"
    faults = []
    if report["verdict"] != expected or status != (expected != "pass"):
        faults.append(f"verdict {report['verdict']}, exit {status}; expected {expected}")
    for what, wanted, got in [("errors", pair.errors, found["error"]), ("warnings", pair.warnings, found["warning"]),
                              ("undecided", pair.undecided, undecided)]:
        if wanted - got:
            faults.append(f"missing {what}: {', '.join(sorted(wanted - got))}")
        for row in rows:
            if row["row"] in got - wanted:
                faults.append(f"surplus {what}: {row['row']}: {row['message']}")
    return faults


# What ffprobe measures, by row: values of both sides are held against it.
def measured_faults(source, result, report, pair):
    faults, count = [], 0
    for side, path in (("source", source), ("result", result)):
        if not path.endswith((".mp4", ".mov", ".mkv", ".webm")):
            continue
        truth = measure(path)
        for row in report["rows"]:
            value = row[side].get("value")
            wanted = truth.get(row["row"])
            # Of a part of the source the rows tell that part.
            if value is None or wanted is None or side == "source" and "--trim" in pair.options or row["row"] in pair.odd:
                continue
            count += 1
            if not is_same(row["row"], value, wanted):
                faults.append(f"{row['row']}: the {side} has {value}, ffprobe says {wanted}")
    return faults, count


def is_same(row, value, wanted):
    if row in ("video-duration", "audio-duration", "duration"):
        # ffprobe prints microseconds, and ffmpeg's edit lists count milliseconds.
        return abs(Fraction(str(value)) - Fraction(wanted)) <= Fraction(2, 1000)
    if row == "av-sync":
        return abs(float(str(value).split()[0]) - wanted) <= 2
    if row.startswith("colour-"):
        return wanted in (str(value), str(value).rpartition("(")[2].rstrip(")")) or str(value).endswith(wanted)
    if row == "location":
        return [round(float(part), 3) for part in angles(str(value))] == [round(float(part), 3) for part in angles(wanted)]
    if row in ("frame-rate", "display-aspect"):
        return abs(Fraction(str(value)) / Fraction(wanted) - 1) < Fraction(1, 500)
    return str(value) == str(wanted)


def angles(place):
    """Latitude and longitude of ISO 6709 in decimal degrees."""
    return re.findall(r"[+-][0-9.]+", place)[:2]


def measure(path):
    probe = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path))
    truth = {}
    video = next((s for s in probe["streams"] if s["codec_type"] == "video"), None)
    sound = next((s for s in probe["streams"] if s["codec_type"] == "audio"), None)
    starts = {}
    if video:
        times = frame_times(path, "v:0")
        truth["frame-count"] = len(times)
        starts["video"] = times[0]
        if "duration" in video:
            truth["video-duration"] = video["duration"]
        turn = next((d for d in video.get("side_data_list", []) if "rotation" in d), {}).get("rotation", 0)
        # ffprobe counts counter-clockwise.
        truth["rotation"] = f"{-int(turn) % 360} degrees"
        pixel = Fraction(video.get("sample_aspect_ratio", "1:1").replace(":", "/").replace("0/1", "1/1"))
        shape = Fraction(video["width"], video["height"]) * pixel
        truth["display-aspect"] = str(1 / shape if int(turn) % 180 else shape)
        for row, key in (("colour-primaries", "color_primaries"), ("colour-transfer", "color_transfer"), ("colour-matrix", "color_space")):
            truth[row] = COLOURS.get(video.get(key, "unknown"))
        truth["colour-range"] = {"pc": "full"}.get(video.get("color_range"), "limited")
        truth["sample-depth"] = video.get("bits_per_raw_sample", "8") if video["codec_name"] == "h264" else None
    if sound:
        truth["channels"] = {1: "mono", 2: "stereo", 6: "5.1 (6 channels)"}[sound["channels"]]
        truth["sample-rate"] = sound["sample_rate"]
        starts["sound"] = frame_times(path, "a:0")[0]
        if "duration" in sound:
            truth["audio-duration"] = sound["duration"]
    if len(starts) == 2:
        truth["av-sync"] = float(starts["sound"] - starts["video"]) * 1000
    places = [value for key, value in probe["format"].get("tags", {}).items() if key.startswith(("location", "com.apple.quicktime.location"))]
    if places:
        truth["location"] = places[0]
    return truth


COLOURS = {"bt709": "1", "smpte170m": "6", "bt2020": "9", "bt2020nc": "9", "smpte2084": "16", "unknown": "not given"}


def frame_times(path, stream):
    lines = run("ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "frame=pts_time", "-of", "csv=p=0", path)
    return [Fraction(line.split(",")[0]) for line in lines.split() if line.split(",")[0] not in ("", "N/A")]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
