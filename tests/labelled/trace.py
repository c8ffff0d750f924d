#!/usr/bin/env python3
"""Decides GOPs and scan of H.264 movies from ffmpeg's trace_headers, and compares them with what preflight says.

usage: trace.py DIRECTORY [PREFLIGHT]        default program: target/debug/preflight

An oracle that shares no code with the program: the rules of the platform are applied to every slice header that ffmpeg's
own reader prints, and to the presentation times that ffprobe's demuxer gives. MBAFF frames are told by pic_struct alone.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import peers
from real import value

ELEMENT = re.compile(r"\] \d+ +(\S+) +[01]+ = (-?\d+)$")
PACKET = re.compile(r"\] Packet: \d+ bytes(, key frame)?.*?, pts (-?\d+)")


def pictures(path):
    """One entry a packet: pts, whether a key, NAL types, slice types, fields, recovery_frame_cnt, MMCO 5, pic_struct, ct_type."""
    command = ["ffmpeg", "-nostdin", "-v", "info", "-nostats", "-ignore_editlist", "1", "-i", path, "-map", "0:v:0", "-copyinkf", "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"]
    lines = subprocess.run(command, capture_output=True, text=True, errors="replace").stderr.splitlines()
    out, sps, current, fields = [], {}, None, {}
    for line in lines:
        packet = PACKET.search(line)
        if packet:
            current = {"pts": int(packet[2]), "key": bool(packet[1]), "idr": False, "slices": [], "recovery": None, "mmco5": False, "struct": None, "ct": [], "field": False}
            out.append(current)
            continue
        if "] Sequence Parameter Set" in line:
            sps = {}
        match = ELEMENT.search(line)
        if not match:
            continue
        name, number = match[1], int(match[2])
        if name in ("frame_mbs_only_flag", "mb_adaptive_frame_field_flag"):
            sps[name] = number
        if current is None:
            continue
        current["sps"] = dict(sps)
        if name == "nal_unit_type":
            fields["type"] = number
            current["idr"] |= number == 5
        elif name == "slice_type" and fields.get("type") in (1, 5):
            current["slices"].append([number % 5, 0])
        elif name == "bottom_field_flag" and current["slices"]:
            current["slices"][-1][1] = number + 1
        elif name == "field_pic_flag":
            current["field"] |= bool(number)
        elif name == "recovery_frame_cnt":
            current["recovery"] = number
        elif name == "memory_management_control_operation":
            current["mmco5"] |= number == 5
        elif name == "pic_struct":
            current["struct"] = number
        elif name == "ct_type":
            current["ct"].append(number)
    return out


def truth(found):
    """Open GOPs, the longest GOP and whether any picture is interlaced."""
    starts = []
    opened = interlaced = 0
    for index, p in enumerate(found):
        sps = p.get("sps", {})
        if sps.get("frame_mbs_only_flag") == 0:
            mbaff = sps.get("mb_adaptive_frame_field_flag") == 1
            interlaced += p["field"] or (mbaff and p["struct"] in (3, 4, 5, 6)) or (not mbaff and 1 in p["ct"])
        first_field = [kind for kind, field in p["slices"] if not p["field"] or field == p["slices"][0][1]]
        intra = bool(first_field) and all(kind in (2, 4) for kind in first_field)
        resets = p["idr"] or (intra and p["mmco5"])
        if resets:
            starts.append(index)
            continue
        if not intra or not (p["recovery"] == 0 or p["key"]):
            continue
        for later in found[index + 1 :]:
            if later["idr"]:
                break
            if later["pts"] < p["pts"] and any(kind in (0, 1, 3) for kind, _ in later["slices"]):
                opened += 1
                break
    starts.append(len(found))
    longest = max((b - a for a, b in zip(starts, starts[1:])), default=None)
    return opened, longest, interlaced > 0


def preflight(program, path):
    facts = peers.ask([program, "facts", "--format", "json", path]).get("facts", {})
    videos = [t for t in (facts.get("movie") or {}).get("tracks", []) if t["kind"] == "video"]
    if not videos:
        return None
    video = videos[0]["video"]
    codec = value(videos[0]["codec"])
    if not codec or codec["name"] != "H.264" or codec["encrypted"]:
        return None
    opened, longest, scan = value(video["open_gops"]), value(video["longest_gop"]), value(video["scan"])
    return opened and opened["count"], longest and longest["frames"], scan and scan["kind"] == "interlaced"


def compare(program, path):
    ours = preflight(program, path)
    if ours is None:
        return None
    found = pictures(path)
    if not found:
        return None
    theirs = truth(found)
    return [f"{name}: preflight {a}, trace_headers {b}" for name, a, b in zip(("open GOPs", "longest GOP", "interlaced"), ours, theirs) if a != b]


def main():
    program = sys.argv[2] if len(sys.argv) > 2 else "target/debug/preflight"
    paths = sorted(os.path.join(d, f) for d, _, files in os.walk(sys.argv[1]) for f in files if f.lower().endswith((".mp4", ".mov", ".m4v", ".3gp", ".ismv")))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda p: compare(program, p), paths))
    compared = [(p, a) for p, a in zip(paths, answers) if a is not None]
    for path, differences in compared:
        if differences:
            print(f"{os.path.relpath(path, sys.argv[1])}: {'; '.join(differences)}")
    print(f"{len(compared)} H.264 movies compared, {sum(bool(a) for _, a in compared)} differ")


if __name__ == "__main__":
    main()
