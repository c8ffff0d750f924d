"""The newer packs, at and over what they allow; and which pack takes a file that the default one refuses."""

from dataclasses import replace

import mp4
from cases import case, sparse
from cases_video import S, clip, clip_movie, plain
from mp4 import movie, u32, u64, video_track

GIB = 1 << 30
BASIC, PREMIUM = "twitter-2026", "twitter-2026-premium"


def slow(seconds, step=20):
    """A picture every 20 seconds; the last one lasts as long as is left."""
    count = int(seconds // step)
    durations = [step * 1000] * count
    durations[-1] += round((seconds - count * step) * 1000)
    return movie([video_track(S, plain(count), timescale=1000, durations=durations)])


def all_cases():
    long, size, picture = "duration-too-long", "file-too-large", "dimensions-too-large"
    for name, seconds, pack, category, wrong in [
        ("1200", 1200, BASIC, None, ()), ("1200.001", 1200.001, BASIC, None, long), ("1200-amplified", 1200, BASIC, "amplify_video", ()),
        ("1200.001-amplified", 1200.001, BASIC, "amplify_video", long), ("dm-140", 140, BASIC, "dm_video", ()), ("dm-140.001", 140.001, BASIC, "dm_video", long),
        ("7500", 7500, PREMIUM, None, ()), ("7500.001", 7500.001, PREMIUM, None, long), ("dm-600", 600, PREMIUM, "dm_video", ()), ("dm-600.001", 600.001, PREMIUM, "dm_video", long),
        ("1200.001-premium", 1200.001, PREMIUM, None, ()),
    ]:
        case(f"packs/time-{name}.mp4", slow(seconds), wrong, pack=pack, category=category)
    case("packs/time-0.499.mp4", movie([video_track(S, plain(10), timescale=10000, durations=[499] * 10)]), "duration-too-short", pack=PREMIUM)

    body = movie([clip()])
    grown = lambda n: sparse(body + u32(1) + b"free" + u64(n - len(body)), n)
    segments = {"may": ["too-many-segments"]}
    for name, n, pack, category, wrong in [
        ("8-gib", 8 * GIB, BASIC, None, ()), ("8-gib-and-a-byte", 8 * GIB + 1, BASIC, None, size), ("16-gib", 16 * GIB, PREMIUM, None, ()), ("16-gib-and-a-byte", 16 * GIB + 1, PREMIUM, None, size),
        ("dm-512-mib", GIB // 2, BASIC, "dm_video", ()), ("dm-512-mib-and-a-byte", GIB // 2 + 1, BASIC, "dm_video", size), ("dm-1-gib", GIB, PREMIUM, "dm_video", ()),
        ("dm-1-gib-and-a-byte", GIB + 1, PREMIUM, "dm_video", size), ("1-gib", GIB, BASIC, None, ()),
    ]:
        case(f"packs/size-{name}.mp4", grown(n), wrong, pack=pack, category=category, **segments)

    for width, height, warned, wrong in [(1280, 1024, (), ()), (1282, 720, picture, ()), (1280, 1026, picture, ()), (1920, 1080, picture, ()), (1080, 1920, picture, ()),
                                         (1922, 1080, (), picture), (1920, 1082, (), picture), (1080, 1922, (), picture)]:
        for pack in (BASIC, PREMIUM):
            case(f"packs/{pack}-{width}x{height}.mp4", clip_movie(replace(S, width=width, height=height), 15), wrong, warnings=warned, pack=pack)
    case("packs/1920x1080-turned.mp4", clip_movie(replace(S, width=1920, height=1080), 15, matrix=mp4.TURNED_90), warnings=picture, pack=BASIC)
    for name, stream, wrong in [("422", replace(S, chroma=2, profile=122), "chroma-not-420"), ("30x32", replace(S, width=30), "dimensions-too-small")]:
        case(f"packs/{name}.mp4", clip_movie(stream, 15), wrong, warnings=["video-profile"] if name == "422" else [], pack=PREMIUM)
    case("packs/61.mp4", clip_movie(n=61, rate=(61, 1)), "frame-rate-too-high", pack=PREMIUM)

    both = [BASIC, PREMIUM]
    for name, content, wrong, others in [
        ("141-s", slow(141), long, both), ("1201-s", slow(1201), long, [PREMIUM]), ("7501-s", slow(7501), long, []),
        ("1920x1080", clip_movie(replace(S, width=1920, height=1080), 15), picture, both), ("1922x1080", clip_movie(replace(S, width=1922, height=1080), 15), picture, []),
        ("422", clip_movie(replace(S, chroma=2, profile=122), 15), "chroma-not-420", []), ("1-gib", grown(GIB), size, both),
    ]:
        case(f"packs/refused-{name}.mp4", content, wrong, warnings=["video-profile"] if name == "422" else [], accepted_by=others)
    case("packs/refused-dm-141-s.mp4", slow(141), long, category="dm_video", accepted_by=[PREMIUM])
