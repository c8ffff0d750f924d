"""The cases: each violation alone, pairs of violations, and combinations chosen by chance with a fixed seed."""

import random

# What a clip is before anything is wrong with it.
PLAIN = {
    "video": "x264", "pixels": "yuv420p", "size": "320x180", "sar": "1", "rate": "30", "seconds": "2", "gop": "30",
    "interlaced": False, "open": False, "colour": None, "turn": 0, "audio": ["aac"], "box": "mp4", "fragmented": False,
    "cut": 0, "pack": None, "flags": [],
    # Seconds that an edit list leaves out in front; whether the edit list of the sound is missing.
    "hidden": None, "unedited": False,
}

# name: (group, what is different, rows of `compare` that may differ because a limit demands it).
# Of each group a case has one violation at most.
VIOLATIONS = {
    "hevc": ("codec", {"video": "hevc"}, []),
    "hevc-10-bit": ("codec", {"video": "hevc", "pixels": "yuv420p10le"}, []),
    "hevc-full-range": ("codec", {"video": "hevc", "colour": "full"}, []),
    "hevc-ntsc-colours": ("codec", {"video": "hevc", "colour": "ntsc"}, []),
    "hevc-turned": ("codec", {"video": "hevc", "turn": 180}, []),
    "4-2-2-full-range": ("codec", {"pixels": "yuv422p", "colour": "full"}, []),
    "mpeg-4": ("codec", {"video": "mpeg4"}, []),
    "mpeg-2": ("codec", {"video": "mpeg2"}, []),
    "motion-jpeg": ("codec", {"video": "mjpeg", "pixels": "yuvj420p", "box": "mov"}, []),
    "vp9": ("codec", {"video": "vp9"}, []),
    "4-2-2": ("codec", {"pixels": "yuv422p"}, []),
    "4-4-4": ("codec", {"pixels": "yuv444p"}, []),
    "monochrome": ("codec", {"pixels": "gray"}, []),
    "rgb": ("codec", {"video": "x264rgb", "pixels": "rgb24"}, ["colour-matrix", "colour-range", "colour-primaries", "colour-transfer"]),
    "pq": ("codec", {"video": "hevc", "pixels": "yuv420p10le", "colour": "pq"}, ["colour-primaries", "colour-transfer", "colour-matrix"]),
    "hlg": ("codec", {"video": "hevc", "pixels": "yuv420p10le", "colour": "hlg"}, ["colour-primaries", "colour-transfer", "colour-matrix"]),
    "too-large": ("size", {"size": "1304x496"}, []),
    "too-large-upright": ("size", {"size": "496x1304"}, []),
    "too-large-turned": ("size", {"size": "1304x496", "turn": 90}, []),
    "too-small": ("size", {"size": "28x28"}, ["upscaling"]),
    "too-wide": ("size", {"size": "400x100"}, []),
    "too-tall": ("size", {"size": "60x240"}, []),
    "pixels-4-3": ("shape", {"sar": "4/3"}, []),
    "pixels-3-4": ("shape", {"sar": "3/4"}, []),
    "pixels-40-33": ("shape", {"sar": "40/33"}, []),
    "interlaced": ("scan", {"interlaced": True}, []),
    "open-gop": ("gop", {"open": True, "gop": "12"}, []),
    "long-gop": ("gop", {"gop": "9999", "rate": "60", "seconds": "9", "size": "64x64"}, []),
    "61-fps": ("rate", {"rate": "61"}, []),
    "90-fps": ("rate", {"rate": "90"}, []),
    "120-fps": ("rate", {"rate": "120"}, []),
    "119.88-fps": ("rate", {"rate": "120000/1001"}, []),
    "mp3": ("sound", {"audio": ["mp3"]}, []),
    "ac-3": ("sound", {"audio": ["ac3"]}, []),
    "opus": ("sound", {"audio": ["opus"]}, []),
    "flac": ("sound", {"audio": ["flac"]}, []),
    "alac": ("sound", {"audio": ["alac"]}, []),
    "pcm": ("sound", {"audio": ["pcm"], "box": "mov"}, []),
    "surround": ("sound", {"audio": ["aac-5.1"]}, []),
    "second-track-ac-3": ("sound", {"audio": ["aac", "ac3"]}, []),
    "mono-mp3": ("sound", {"audio": ["mp3-mono"]}, []),
    # Fragments without an edit list show the first picture late, by the delay of its B pictures.
    "fragmented": ("box", {"fragmented": True}, ["duration", "video-duration", "av-sync"]),
    "matroska": ("box", {"box": "mkv"}, []),
    "mpeg-ts": ("box", {"box": "ts"}, []),
    "avi": ("box", {"box": "avi"}, []),
    "flash": ("box", {"box": "flv"}, []),
    "webm": ("box", {"box": "webm", "video": "vp9", "audio": ["opus"]}, []),
    "cut-off": ("box", {"cut": 60}, ["duration", "video-duration", "audio-duration", "frame-count", "dropped-frames", "tracks", "metadata", "av-sync"]),
    "too-short": ("time", {"seconds": "0.4"}, ["duration", "video-duration", "frame-count"]),
    "too-long": ("time", {"seconds": "141", "rate": "1", "gop": "20", "flags": ["--trim", "0:10"]},
                 ["duration", "video-duration", "audio-duration", "frame-count", "dropped-frames"]),
    "too-many-bytes": ("bytes", {"pack": 110_000}, []),
}


def combined(names):
    """The clip with all of these violations; None where no such file can be."""
    groups = [VIOLATIONS[name][0] for name in names]
    if len(set(groups)) < len(groups):
        return None
    clip = dict(PLAIN)
    clip["flags"] = []
    allowed = []
    for name in names:
        _, change, rows = VIOLATIONS[name]
        for key, value in change.items():
            if clip[key] != PLAIN[key] and clip[key] != value:
                return None
            clip[key] = value
        allowed += rows
    is_h264 = clip["video"] in ("x264", "x264rgb")
    if not is_h264 and set(names) & {"open-gop", "long-gop", "interlaced"}:
        return None
    # An encoder of RGB makes no interlaced pictures, and monochrome ones are rare enough alone.
    if clip["video"] == "x264rgb" and clip["interlaced"]:
        return None
    box, sound = clip["box"], set(clip["audio"])
    if box == "flv" and (not is_h264 or clip["video"] == "x264rgb" or sound - {"aac", "mp3"} or len(clip["audio"]) > 1):
        return None
    if box == "webm" and (clip["video"] != "vp9" or sound != {"opus"}):
        return None
    if box == "ts" and (sound - {"aac", "mp3", "ac3", "aac-5.1"} or clip["video"] in ("vp9", "mjpeg", "x264rgb")):
        return None
    # B pictures in AVI have no times, which no program can bring back.
    if box == "avi" and (clip["video"] in ("hevc", "vp9") or sound - {"aac", "mp3", "ac3", "pcm"} or clip["open"]):
        return None
    # The movie header of AC-3 needs its first frame, which is not there yet when fragments begin.
    if clip["fragmented"] and "ac3" in sound:
        return None
    if "pcm" in sound and box not in ("mov", "mkv", "avi"):
        return None
    if sound & {"flac", "opus"} and box == "mov":
        return None
    if clip["interlaced"] and "/" in clip["rate"]:
        return None
    # Half a second of very few frames has no shape of its own.
    if "too-short" in names and set(names) & {"long-gop", "cut-off", "too-long", "too-many-bytes", "webm", "flash", "avi", "mpeg-ts"}:
        return None
    if "too-long" in names and set(names) & {"interlaced", "open-gop", "long-gop", "cut-off", "too-many-bytes"}:
        return None
    # Nothing fits so few bytes.
    if "too-many-bytes" in names and set(names) & {"long-gop", "second-track-ac-3"}:
        return None
    if "too-long" in names and box in ("mkv", "ts", "avi", "flv", "webm"):
        return None
    if "cut-off" in names and (clip["fragmented"] or box != "mp4" or "too-many-bytes" in names):
        return None
    clip["allowed"] = sorted(set(allowed))
    return clip


def all_cases():
    """Name and clip of every case, always the same."""
    cases = []
    for name in VIOLATIONS:
        cases.append((name, combined([name])))
    names = list(VIOLATIONS)
    pairs = []
    for i, a in enumerate(names):
        for b in names[i + 1:]:
            clip = combined([a, b])
            if clip:
                pairs.append((f"{a}+{b}", clip))
    chance = random.Random(20261120)
    chance.shuffle(pairs)
    cases += sorted(pairs[:85])
    chosen = set()
    while len(chosen) < 30:
        some = chance.sample(names, chance.choice([3, 3, 4, 5]))
        some.sort(key=names.index)
        clip = combined(some)
        if clip and "+".join(some) not in chosen:
            chosen.add("+".join(some))
            cases.append(("+".join(some), clip))
    cases += [(name, PLAIN | change | {"allowed": []}) for name, change in ALONE.items()]
    return cases


# What stands alone, since it goes with few other faults.
ALONE = {
    "hidden-front": {"hidden": "0.7", "seconds": "3"},
    "hidden-front-opus": {"hidden": "0.7", "seconds": "3", "audio": ["opus"]},
    "hidden-front-hevc": {"hidden": "0.7", "seconds": "3", "video": "hevc"},
    "primed": {"unedited": True, "seconds": "140", "rate": "1", "gop": "20"},
}

# Of each kind some, for a run that ends soon.
SAMPLE = [
    "hevc", "mpeg-2", "4-2-2", "pq", "too-large-turned", "too-small", "too-wide", "pixels-4-3", "interlaced", "open-gop",
    "long-gop", "61-fps", "mp3", "surround", "second-track-ac-3", "fragmented", "matroska", "mpeg-ts", "webm", "cut-off",
    "too-short", "too-long", "too-many-bytes",
]


def sample():
    cases = all_cases()
    chosen = [case for case in cases if case[0] in SAMPLE]
    return chosen + [case for case in cases if case[0].count("+") > 1][:3]
