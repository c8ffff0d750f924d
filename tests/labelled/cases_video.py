"""Movies written box by box: time, geometry, sampling, pictures."""

from dataclasses import replace
from fractions import Fraction

import aac
import h264
import mp4
from cases import case, sparse
from h264 import Picture, Stream, gops
from mp4 import box, full, movie, u16, u32, video_track

S = Stream()
I = replace(S, frame_mbs_only=False)
MBAFF = replace(I, mbaff=True)


def plain(n, idr_every=0):
    """An IDR and predicted pictures."""
    every = idr_every or n
    return [Picture("IDR" if i % every == 0 else "P", poc=i % every) for i in range(n)]


def clip(stream=S, n=30, **options):
    """One second at 30 frames a second."""
    return video_track(stream, options.pop("pictures", None) or plain(n), **options)


def clip_movie(stream=S, n=30, movie_options=None, **options):
    return movie([clip(stream, n, **options)], **(movie_options or {}))


def ticks(timescale, durations, **options):
    return movie([video_track(S, plain(len(durations)), timescale=timescale, durations=durations, **options)], timescale=timescale)


def frame_rates():
    for name, rate, wrong in [
        ("30", (30, 1), ()), ("60", (60, 1), ()), ("60000-1001", (60000, 1001), ()), ("30000-1001", (30000, 1001), ()),
        ("6001-100", (6001, 100), "frame-rate-too-high"), ("61", (61, 1), "frame-rate-too-high"),
        ("60000-999", (60000, 999), "frame-rate-too-high"), ("60001-1000", (60001, 1000), "frame-rate-too-high"),
        ("120", (120, 1), "frame-rate-too-high"), ("25", (25, 1), ()), ("24000-1001", (24000, 1001), ()), ("50", (50, 1), ()),
    ]:
        value = Fraction(*rate)
        without = ["frame-rate-recommended"] if value in (30, 60, Fraction(60000, 1001), Fraction(30000, 1001)) else []
        warnings = [] if without or wrong else ["frame-rate-recommended"]
        case(f"rate/{name}.mp4", clip_movie(n=72, rate=rate), wrong, without=without, warnings=warnings,
             facts={"frame_rate": str(value), "frames": 72, "uniform": True})
    case("rate/60-in-fragments.mp4", clip_movie(n=60, rate=(60, 1), movie_options={"fragments": 7}), warnings="fragmented",
         facts={"frame_rate": "60", "fragmented": True})
    case("rate/61-in-fragments.mp4", clip_movie(n=61, rate=(61, 1), movie_options={"fragments": 7}), "frame-rate-too-high",
         warnings="fragmented", facts={"frame_rate": "61"})

    def clock(rate, n):
        times = [round(Fraction(i * 1000) / Fraction(rate)) for i in range(n + 1)]
        return [b - a for a, b in zip(times, times[1:])]

    case("rate/60-on-a-clock-of-1-ms.mp4", ticks(1000, clock(60, 60)), facts={"frame_rate": "59000/983", "uniform": False},
         why="59 intervals in 983 ms are 60.02 a second; the clock is rounded")
    case("rate/59.94-on-a-clock-of-1-ms.mp4", ticks(1000, clock(Fraction(60000, 1001), 120)))
    case("rate/61-on-a-clock-of-1-ms.mp4", ticks(1000, clock(61, 122)), "frame-rate-too-high")
    evenly = lambda n, total: [total * (i + 1) // n - total * i // n for i in range(n)]
    case("rate/rounded-at-the-limit.mp4", ticks(1000, evenly(60, 999) + [17]), facts={"frame_rate": "20000/333"},
         why="60 intervals in 999 ms: 60 = 60 * (0.999 + 0.001)")
    case("rate/rounded-just-over.mp4", ticks(1000, evenly(60, 998) + [17]), "frame-rate-too-high")
    case("rate/60-with-a-long-last-frame.mp4", ticks(60, [1] * 59 + [61]), facts={"frame_rate": "60", "uniform": True, "duration": "2"})
    case("rate/60-with-a-last-frame-of-no-time.mp4", ticks(60, [1] * 59 + [0]), facts={"frame_rate": "60"})
    case("rate/61-with-a-long-last-frame.mp4", ticks(61, [1] * 60 + [61]), "frame-rate-too-high", facts={"frame_rate": "61"},
         why="the average ends at the last frame's own time, so that a long last frame hides nothing")
    case("rate/30-with-a-splice-of-one-tick.mp4", ticks(90000, [3000] * 30 + [1] + [3000] * 29), warnings=["frame-rate-recommended"])
    case("rate/60-with-a-splice-of-one-tick.mp4", ticks(90000, [1500] * 60 + [1] + [1500] * 59), "frame-rate-too-high",
         why="119 intervals in 118 frame times and a tick: 60.5 on average")
    case("rate/60-with-a-delta-a-tick-short.mp4", ticks(15360, [256] * 59 + [255] + [256] * 59), facts={"uniform": False},
         why="60.002 on average, which the rounding of a clock explains")
    case("rate/60-with-a-first-delta-a-tick-short.mp4", ticks(15360, [255] + [256] * 119), facts={"uniform": False})
    case("rate/60-with-a-last-delta-a-tick-short.mp4", ticks(15360, [256] * 118 + [255, 256]), facts={"uniform": False})
    case("rate/all-deltas-a-tick-short.mp4", ticks(15360, [255] * 120), "frame-rate-too-high", facts={"frame_rate": "1024/17", "uniform": True})
    jitter = lambda n: movie([video_track(S, plain(n, 250), timescale=6001, durations=[100] * (n // 2) + [99] + [100] * (n - n // 2 - 1))])
    case("rate/60.01-with-jitter-for-3-s.mp4", jitter(200), why="199 intervals in 3.31595 s: not above 60 * 3.31695")
    case("rate/60.01-with-jitter-for-16-s.mp4", jitter(1000), "frame-rate-too-high", why="999 intervals in 16.6471 s: above 60 * 16.6481")
    case("rate/60-then-30-with-a-splice.mp4", ticks(90000, [1500] * 30 + [1] + [1500] * 30 + [3000] * 30), warnings=["frame-rate-peak"])
    case("rate/burst-of-120.mp4", ticks(120, [4] * 20 + [1] * 9 + [4] * 20), warnings=["frame-rate-peak"])
    case("rate/burst-of-7-intervals-at-120.mp4", ticks(120, [4] * 20 + [1] * 7 + [4] * 20), warnings=["frame-rate-peak"],
         why="seven intervals of 1/120 s and one of 1/30 s are 91.7 ms")
    case("rate/burst-of-3-intervals-at-120.mp4", ticks(120, [4] * 20 + [1] * 3 + [4] * 20))
    eight = [49, 50, 50, 49, 50, 50, 49, 50]
    case("rate/peak-at-the-limit.mp4", ticks(3000, [100] * 20 + eight + [100] * 20),
         why="eight intervals last 397/3000 s; with 1 ms they last exactly 8/60 s")
    case("rate/peak-just-over.mp4", ticks(3000, [100] * 20 + [49] + eight[1:3] + [49, 49] + eight[5:] + [100] * 20),
         warnings=["frame-rate-peak"])
    pictures, places = gops(*["XbbPbbPbbP"] * 6)
    case("rate/60-reordered.mp4", movie([video_track(S, pictures, places, rate=(60, 1))]), facts={"frame_rate": "60"})
    case("rate/61-reordered.mp4", movie([video_track(S, pictures, places, rate=(61, 1))]), "frame-rate-too-high")
    track = video_track(S, pictures, places, rate=(30, 1), edits=None)
    track.offsets = [o - 1000 for o in track.offsets]
    track.composition_version = 1
    case("rate/reordered-with-negative-offsets.mp4", movie([track]), facts={"frame_rate": "30"})
    fields = [Picture("IDR" if i == 0 else "P", poc=i, fields=("IDR" if i == 0 else "P", "P")) for i in range(60)]
    case("rate/60-frames-of-two-fields.mp4", movie([video_track(I, fields, rate=(60, 1))]), "interlaced",
         facts={"frame_rate": "60", "frames": 60}, why="a sample holds both fields: 60 frames a second, not 120")


def durations():
    seconds = lambda n, **o: video_track(S, plain(n), rate=(1, 1), timescale=1000, **o)
    case("time/0.5.mp4", clip_movie(n=15), facts={"duration": "1/2"})
    case("time/0.499.mp4", ticks(10000, [499] * 10), "duration-too-short", facts={"duration": "499/1000"})
    case("time/0.5-less-a-tick.mp4", ticks(90000, [3000] * 14 + [2999]), "duration-too-short")
    case("time/140.mp4", movie([seconds(140)]), facts={"duration": "140"})
    case("time/140-and-1-ms.mp4", ticks(1000, [1000] * 139 + [1001]), "duration-too-long", facts={"duration": "140001/1000"})
    case("time/140-and-a-tick.mp4", ticks(90000, [90000] * 139 + [90001]), "duration-too-long")
    case("time/139.999.mp4", ticks(1000, [1000] * 139 + [999]), facts={"duration": "139999/1000"})
    long_last = ticks(1000, [1000] * 9 + [131000])
    case("time/a-last-frame-of-131-s.mp4", long_last, facts={"duration": "140"})
    case("time/a-last-frame-of-132-s.mp4", ticks(1000, [1000] * 9 + [132000]), "duration-too-long")

    sound = aac.track(140, frames=6030)
    exact = Fraction(6030 * 1024, 44100)
    case("time/140-with-priming.mp4", movie([seconds(140), sound]), "duration-too-long", facts={"duration": str(exact)},
         why="without an edit list the encoder's priming is heard: 140.02 s")
    trimmed = aac.track(140, frames=6030, edits=[(140000, 1024, 0x10000)])
    case("time/140-with-priming-trimmed.mp4", movie([seconds(140), trimmed]), facts={"duration": "140"})
    off = aac.track(140, frames=6030, enabled=False)
    case("time/140-with-priming-disabled.mp4", movie([seconds(140), off]), facts={"duration": "140"})

    case("time/150-shown-as-100.mp4", movie([seconds(150, edits=[(100000, 0, 0x10000)])]), facts={"duration": "100"})
    case("time/150-shown-as-140-from-5.mp4", movie([seconds(150, edits=[(140000, 5000, 0x10000)])]), facts={"duration": "140"})
    case("time/150-shown-as-140.001.mp4", movie([seconds(150, edits=[(140001, 5000, 0x10000)])]), "duration-too-long")
    case("time/100-behind-an-empty-edit-of-40.mp4", movie([seconds(100, edits=[(40000, -1, 0x10000), (100000, 0, 0x10000)])]),
         facts={"duration": "140"})
    case("time/100-behind-an-empty-edit-of-41.mp4", movie([seconds(100, edits=[(41000, -1, 0x10000), (100000, 0, 0x10000)])]),
         "duration-too-long", facts={"duration": "141"})
    case("time/80-shown-twice.mp4", movie([seconds(80, edits=[(80000, 0, 0x10000)] * 2)]), "duration-too-long", facts={"duration": "160"})
    case("time/80-shown-twice-in-64-bits.mp4", movie([seconds(80, edits=[(80000, 0, 0x10000)] * 2, edit_version=1)]),
         "duration-too-long", facts={"duration": "160"})
    case("time/three-cuts-of-200.mp4", movie([seconds(200, edits=[(40000, 0, 0x10000), (40000, 80000, 0x10000), (20000, 150000, 0x10000)])]),
         facts={"duration": "100"})
    case("time/2-shown-as-0.4.mp4", movie([clip(n=60, edits=[(400, 0, 0x10000)])]), "duration-too-short", facts={"duration": "2/5"})
    case("time/empty-edit-alone-in-the-sound.mp4",
         movie([seconds(100), aac.track(110, frames=4700, edits=[(30000, -1, 0x10000), (109000, 0, 0x10000)])]), facts={"duration": "139"})
    case("time/sound-delayed-past-140.mp4",
         movie([seconds(100), aac.track(110, frames=4780, edits=[(31000, -1, 0x10000), (110000, 0, 0x10000)])]),
         "duration-too-long", facts={"duration": "141"})

    case("time/mvhd-says-3-of-150.mp4", movie([seconds(150)], duration=3000), "duration-too-long", facts={"duration": "150"})
    case("time/mvhd-says-999-of-10.mp4", movie([seconds(10)], duration=999000), facts={"duration": "10"})
    case("time/tkhd-and-mdhd-say-999-of-10.mp4", movie([seconds(10, tkhd_duration=999000, mdhd_duration=999000)], duration=10000),
         facts={"duration": "10"}, why="what is presented are the samples")
    case("time/mdhd-says-3-of-150.mp4", movie([seconds(150, mdhd_duration=3000, tkhd_duration=3000)], duration=3000),
         "duration-too-long", facts={"duration": "150"})
    case("time/short-video-longer-sound.mp4", movie([clip(n=9), aac.track(1, frames=26)]), facts={"duration": str(Fraction(26 * 1024, 44100))})
    case("time/short-video-and-sound.mp4", movie([clip(n=9), aac.track(1, frames=20)]), "duration-too-short")
    text = mp4.Track(b"text", text_entry(), samples=[u16(2) + b"hi"], durations=[200000], timescale=1000)
    case("time/10-with-text-of-200.mp4", movie([seconds(10), text]), facts={"duration": "10"}, why="only sound and pictures count")
    second = seconds(150, enabled=False)
    case("time/10-with-a-disabled-video-of-150.mp4", movie([seconds(10), second]), facts={"duration": "10"})

    fragments = {"fragments": 20, "timescale": 1000}
    case("time/140-in-fragments.mp4", movie([seconds(140)], **fragments), warnings="fragmented", facts={"duration": "140", "fragments": 7})
    case("time/141-in-fragments.mp4", movie([seconds(141)], **fragments), "duration-too-long", warnings="fragmented")
    case("time/fragments-with-mehd-of-999.mp4", movie([seconds(100)], mehd=999000, **fragments), warnings="fragmented", facts={"duration": "100"})
    gap = [0, 20000, 40000, 60000, 130000]
    case("time/fragments-with-a-gap-to-140.mp4", movie([seconds(90, tfdt=gap)], **fragments), warnings="fragmented", facts={"duration": "140"},
         may=["frame-rate-recommended"])
    gap = [0, 20000, 40000, 60000, 131000]
    case("time/fragments-with-a-gap-to-141.mp4", movie([seconds(90, tfdt=gap)], **fragments), "duration-too-long", warnings="fragmented",
         facts={"duration": "141"})
    case("time/fragments-with-an-open-edit.mp4",
         movie([seconds(140), aac.track(140, frames=6030, edits=[(0, 1024, 0x10000)])], **fragments), warnings="fragmented",
         facts={"duration": "140"}, why="a segment_duration of 0 runs to the end: 6029 access units are heard, 139.997 s")
    case("time/fragments-with-priming.mp4", movie([seconds(140), aac.track(140, frames=6030)], **fragments), "duration-too-long",
         warnings="fragmented", facts={"duration": str(exact)})
    case("time/fragments-without-tfdt.mp4", movie([seconds(100, missing=(b"tfdt",))], **fragments), warnings="fragmented", facts={"duration": "100"})
    case("time/fragments-with-an-empty-edit.mp4", movie([seconds(100, edits=[(41000, -1, 0x10000), (0, 0, 0x10000)])], **fragments),
         "duration-too-long", warnings="fragmented", facts={"duration": "141"})
    case("time/fragments-based-on-the-file.mp4", movie([clip(), aac.track(1)], fragments=10, base_moof=False), warnings="fragmented",
         facts={"frames": 30})


def parameter_sets():
    """Which parameter sets count: those that the pictures name."""
    other = replace(S, width=1920, height=1080, chroma=2, profile=122, sps_id=3, pps_id=5)

    def avcc(*streams):
        sets = lambda units: b"".join(len(u).to_bytes(2, "big") + u for u in units)
        first = streams[0]
        return bytes([1, first.profile, first.constraints, first.level, 0xFF, 0xE0 | len(streams)]) + sets([s.sps() for s in streams]) \
            + bytes([len(streams)]) + sets([s.pps() for s in streams])

    case("sets/unused-one-behind.mp4", movie([video_track(S, plain(15), avcc=avcc(S, other))]), facts={"dimensions": "32x32", "chroma": "4:2:0"})
    case("sets/unused-one-in-front.mp4", movie([video_track(S, plain(15), avcc=avcc(other, S))]), facts={"dimensions": "32x32", "chroma": "4:2:0"},
         why="the pictures name the second one")
    case("sets/used-one-behind.mp4", movie([video_track(other, plain(15), avcc=avcc(S, other))]), ["dimensions-too-large", "chroma-not-420"],
         warnings="video-profile", facts={"dimensions": "1920x1080"})
    lie = bytearray(S.avcc())
    lie[1:4] = bytes([66, 0xC0, 10])
    case("sets/record-says-baseline-of-high.mp4", movie([video_track(S, plain(15), avcc=bytes(lie))]), facts={"profile": "High"})
    case("sets/record-without-high-profile-fields.mp4", movie([video_track(S, plain(15), avcc=S.avcc()[:-4])]), facts={"chroma": "4:2:0"},
         why="older writers leave these four bytes out")
    timed = replace(S, timing=(1, 60))
    case("sets/emulation-prevention.mp4", movie([video_track(timed, plain(15))]), facts={"dimensions": "32x32"})
    case("sets/timing-says-120.mp4", movie([video_track(replace(S, timing=(1, 240)), plain(30))]), facts={"frame_rate": "30"},
         why="the container's times decide, not the VUI")
    case("sets/reorder-depth.mp4", movie([video_track(replace(S, reorder=2), *gops("XbbPbbP", "XbbPbbP", "XbbPbbP"))]))
    planes = replace(S, chroma=3, profile=244, separate_planes=True)
    for name, second in (("closed", "XbbPbbPbbP"), ("open", "bbRbbPbbP")):
        pics, places = gops("XbbPbbPbbP", second)
        case(f"sets/{name}-gop-of-separate-planes.mp4", movie([video_track(planes, pics, places)]), ["chroma-not-420"] + (["open-gop"] if name == "open" else []),
             warnings="video-profile", facts={"chroma": "4:4:4", "open_gops": int(name == "open"), "longest_gop": 10 if name == "closed" else 19})
    case("sets/only-in-band-under-avc1.mp4", movie([clip(in_band=True, avcc=S.avcc(in_band=True))]), facts={"dimensions": "32x32", "open_gops": 0},
         why="avc1 wants them in the record, and every decoder finds them here")
    case("sets/repeated-in-band.mp4", movie([video_track(S, [replace(p, before=(S.sps(), S.pps())) if p.kind == "IDR" else p for p in plain(30, 10)])]))
    both = replace(gops("XbbPbbPbbP", "bbRbbPbbP")[0][10], recovery=None, before=(h264.nal(0, 6, bytes([5, 17]) + bytes(range(17)) + bytes([6, 1, 0xC4, 0x80])),))
    pics, places = gops("XbbPbbPbbP", "bbRbbPbbP")
    case("sets/recovery-point-behind-another-message.mp4", movie([video_track(S, pics[:10] + [both] + pics[11:], places)]), "open-gop", facts={"open_gops": 1})


def versions():
    case("time/headers-of-64-bits.mp4", movie([clip(tkhd_version=1, mdhd_version=1)], mvhd_version=1), facts={"duration": "1", "displayed": "32x32"})
    case("turned/in-a-header-of-64-bits.mp4", movie([clip(replace(S, width=96), 15, tkhd_version=1, matrix=mp4.TURNED_90)]), facts={"displayed": "32x96"})
    case("time/fragments-with-defaults.mp4", movie([clip(n=30), aac.track(1)], fragments=10, defaults=True), warnings="fragmented", facts={"frames": 30, "frame_rate": "30"})
    case("rate/61-in-fragments-with-defaults.mp4", clip_movie(n=61, rate=(61, 1), movie_options={"fragments": 20, "defaults": True}), "frame-rate-too-high",
         warnings="fragmented", facts={"frame_rate": "61"})
    case("gop/open-in-fragments-with-defaults.mp4", movie([video_track(S, plain(10) + [Picture("I", 10, recovery=0)] + [Picture("P", n) for n in range(11, 20)])],
         fragments=10, defaults=True), warnings="fragmented", may=["sync-table-lies"], facts={"open_gops": 0})
    fields = [Picture("IDR" if i == 0 else "P", poc=i, fields=("IDR" if i == 0 else "P", "P")) for i in range(512)]
    coded = h264.encode(I, fields)
    single = [[u] for pair in coded for u in pair]
    track = video_track(I, fields, coded=single, durations=[500] * 1024, sync=[0])
    case("gop/512-pairs-with-a-sample-for-each-field.mp4", movie([track]), "interlaced", facts={"longest_gop": 512, "scan": "interlaced"}, may=["frame-rate-peak"])
    fields.append(Picture("P", poc=512, fields=("P", "P")))
    single = [[u] for pair in h264.encode(I, fields) for u in pair]
    case("gop/513-pairs-with-a-sample-for-each-field.mp4", movie([video_track(I, fields, coded=single, durations=[500] * 1026, sync=[0])]),
         ["interlaced", "gop-too-long"], facts={"longest_gop": 513}, may=["frame-rate-peak"])
    no_table = video_track(S, plain(30), sync=None)
    case("gop/no-stss-of-predicted-pictures.mp4", movie([no_table]), may=["sync-table-lies"], facts={"open_gops": 0})


def text_entry():
    return box(b"tx3g", bytes(6), u16(1), bytes(4), bytes(2), bytes(4), bytes(8), bytes(12),
               box(b"ftab", u16(1), u16(1), b"\5Serif"))


def geometry():
    large, small, aspect = "dimensions-too-large", "dimensions-too-small", "aspect-ratio"
    for width, height, wrong in [
        (1280, 720, ()), (720, 1280, ()), (720, 720, ()), (1280, 1024, ()), (1024, 1280, ()), (640, 360, ()), (480, 480, ()),
        (1282, 720, large), (1280, 1026, large), (1026, 1280, large), (1026, 1026, large), (1280, 1280, large), (720, 1282, large),
        (1920, 1080, large), (32, 32, ()), (30, 32, small), (32, 30, small), (30, 30, small), (96, 32, ()), (98, 32, aspect),
        (32, 96, ()), (32, 98, aspect), (1280, 428, ()), (1280, 426, aspect), (428, 1280, ()), (426, 1280, aspect),
        (1284, 428, large), (1286, 428, [large, aspect]), (2, 2, small), (16, 64, [small, aspect]), (1920, 32, [large, aspect]),
    ]:
        rows = [(1280, 720), (640, 360), (720, 1280), (720, 720), (480, 480)]
        case(f"size/{width}x{height}.mp4", clip_movie(replace(S, width=width, height=height), 15), wrong,
             facts={"dimensions": f"{width}x{height}", "displayed": f"{width}x{height}"},
             without=["resolution-recommended"] if (width, height) in rows else [],
             warnings=[] if wrong or (width, height) in rows else ["resolution-recommended"])
    for width, height, good in [(854, 480, True), (852, 480, False), (856, 480, False), (480, 854, True), (1280, 718, False), (1024, 576, True), (722, 722, True)]:
        case(f"size/aspect-{width}x{height}.mp4", clip_movie(replace(S, width=width, height=height), 15),
             without=["aspect-ratio-recommended"] if good else [], warnings=[] if good or width == 852 else ["aspect-ratio-recommended"],
             why="" if width != 852 else "a pixel and a third too narrow, less than a pixel too high: not scored")
    cut = replace(S, width=1280, height=720, extra_crop=(4, 2, 3, 1))
    case("size/1280x720-cropped-on-all-sides.mp4", clip_movie(cut, 15), facts={"dimensions": "1280x720"})
    case("size/1280x1024-in-1296x1040.mp4", clip_movie(replace(S, width=1280, height=1024, extra_crop=(4, 4, 4, 4)), 15), facts={"dimensions": "1280x1024"})
    case("size/1280x1024-uncropped-1280x1040.mp4", clip_movie(replace(S, width=1280, height=1040), 15, entry_size=(1280, 1024), size=(1280, 1024)), large,
         facts={"dimensions": "1280x1040"}, why="the sample entry lies; the SPS crops nothing")
    for chroma, profile in [(0, 100), (2, 122), (3, 244)]:
        odd = replace(S, width=1279, height=719, chroma=chroma, profile=profile)
        if chroma == 2:
            odd = replace(odd, width=1278)
        case(f"size/cropped-by-odd-pixels-of-chroma-{chroma}.mp4", clip_movie(odd, 15), "chroma-not-420",
             warnings=[] if profile == 100 else ["video-profile"], facts={"dimensions": f"{odd.width}x{odd.height}"})
    case("size/1080-of-frames-with-field-crop-units.mp4", clip_movie(replace(I, width=1280, height=1020), 15), warnings="interlaced",
         facts={"dimensions": "1280x1020"}, why="with frame_mbs_only_flag 0 a crop unit is four rows")

    wide = replace(S, width=1280, height=720)
    for name, matrix, degrees, mirrored in [("90", mp4.TURNED_90, 90, False), ("180", mp4.TURNED_180, 180, False), ("270", mp4.TURNED_270, 270, False),
                                  ("mirrored", mp4.MIRRORED, 0, True)]:
        shown = "720x1280" if degrees in (90, 270) else "1280x720"
        case(f"turned/1280x720-{name}.mp4", clip_movie(wide, 15, matrix=matrix), facts={"displayed": shown, "dimensions": "1280x720",
             "rotation": degrees, "mirrored": mirrored}, without=["resolution-recommended", "aspect-ratio-recommended"])
    case("turned/1024x1280-90.mp4", clip_movie(replace(S, width=1024, height=1280), 15, matrix=mp4.TURNED_90), facts={"displayed": "1280x1024"})
    case("turned/1026x1280-90.mp4", clip_movie(replace(S, width=1026, height=1280), 15, matrix=mp4.TURNED_90), large, facts={"displayed": "1280x1026"})
    case("turned/96x32-90.mp4", clip_movie(replace(S, width=96), 15, matrix=mp4.TURNED_90), facts={"displayed": "32x96"})
    case("turned/32x98-270.mov", clip_movie(replace(S, height=98), 15, matrix=mp4.TURNED_270, movie_options={"brand": b"qt  "}), aspect,
         facts={"displayed": "98x32", "media_type": "video/quicktime"})
    case("size/tkhd-says-1920x1080.mp4", clip_movie(wide, 15, size=(1920, 1080)), facts={"dimensions": "1280x720"})
    case("size/tkhd-says-1280x720-of-1920x1080.mp4", clip_movie(replace(S, width=1920, height=1080), 15, size=(1280, 720)), large)
    case("size/entry-says-1920x1080.mp4", clip_movie(wide, 15, entry_size=(1920, 1080)), facts={"dimensions": "1280x720"})
    case("size/entry-says-640x360-of-1920x1080.mp4", clip_movie(replace(S, width=1920, height=1080), 15, entry_size=(640, 360)), large,
         facts={"dimensions": "1920x1080"})
    case("size/entry-and-tkhd-say-0x0.mp4", clip_movie(wide, 15, entry_size=(0, 0), size=(0, 0)), facts={"dimensions": "1280x720"})

    pasp = lambda h, v: box(b"pasp", u32(h, v))
    square, wrong = S, "pixel-aspect-ratio"
    vui = replace(S, sar=(255, 4, 3))
    table = [
        ("none", S, b"", (), ()), ("box-1-1", S, pasp(1, 1), (), ()), ("box-2-2", S, pasp(2, 2), (), ()),
        ("box-4-3", S, pasp(4, 3), wrong, ()), ("box-1-2", S, pasp(1, 2), wrong, ()), ("box-1000-1001", S, pasp(1000, 1001), wrong, ()),
        ("vui-4-3", vui, b"", wrong, ()), ("vui-index-1", replace(S, sar=(1, 0, 0)), b"", (), ()),
        ("vui-index-2", replace(S, sar=(2, 0, 0)), b"", wrong, ()), ("vui-index-14", replace(S, sar=(14, 0, 0)), b"", wrong, ()),
        ("vui-unspecified", replace(S, sar=(0, 0, 0)), b"", (), ()), ("vui-0-0", replace(S, sar=(255, 0, 0)), b"", (), ()),
        ("vui-5-5", replace(S, sar=(255, 5, 5)), b"", (), ()),
        ("box-1-1-over-vui-4-3", vui, pasp(1, 1), (), ["pixel-aspect-ratio"]),
        ("box-4-3-over-vui-1-1", replace(S, sar=(1, 0, 0)), pasp(4, 3), wrong, ["pixel-aspect-ratio"]),
        ("both-4-3", vui, pasp(4, 3), wrong, ()), ("box-8-6-and-vui-4-3", vui, pasp(8, 6), wrong, ()),
    ]
    for name, stream, children, errors, warnings in table:
        ratio = {"box-4-3": "4/3", "box-1-2": "1/2", "vui-4-3": "4/3", "vui-index-2": "12/11", "box-1-1-over-vui-4-3": "1", "vui-index-14": "4/3"}.get(name)
        case(f"pixels/{name}.mp4", clip_movie(stream, 15, children=children), errors, warnings=list(warnings),
             facts={"pixel_aspect": ratio} if ratio else {})


def sampling():
    chroma, profile, depth = "chroma-not-420", "video-profile", "bit-depth"
    for name, stream, wrong, warnings, facts in [
        ("420", S, (), [], {"chroma": "4:2:0", "bit_depth": 8}),
        ("400", replace(S, chroma=0), chroma, [], {"chroma": "monochrome"}),
        ("422", replace(S, chroma=2, profile=122), chroma, [profile], {"chroma": "4:2:2"}),
        ("444", replace(S, chroma=3, profile=244), chroma, [profile], {"chroma": "4:4:4"}),
        ("rgb", replace(S, chroma=3, profile=244, matrix=0), chroma, [profile], {"chroma": "RGB"}),
        ("444-with-matrix-1", replace(S, chroma=3, profile=244, matrix=1), chroma, [profile], {"chroma": "4:4:4"}),
        ("420-10-bit", replace(S, profile=110, depth_luma=10, depth_chroma=10), (), [profile, depth], {"bit_depth": 10}),
        ("420-9-bit-chroma", replace(S, profile=110, depth_chroma=9), (), [profile, depth], {"bit_depth": 8}),
        ("420-9-bit-luma", replace(S, profile=110, depth_luma=9), (), [profile, depth], {"bit_depth": 9}),
        ("422-10-bit", replace(S, chroma=2, profile=122, depth_luma=10, depth_chroma=10), chroma, [profile, depth], {}),
        ("420-in-high-10", replace(S, profile=110), (), [profile], {"bit_depth": 8}),
        ("420-in-high-422", replace(S, profile=122), (), [profile], {"chroma": "4:2:0"}),
        ("420-in-high-444", replace(S, profile=244), (), [profile], {"chroma": "4:2:0"}),
        ("baseline", replace(S, profile=66), (), [profile], {"chroma": "4:2:0"}),
        ("constrained-baseline", replace(S, profile=66, constraints=0x40), (), [profile], {"chroma": "4:2:0"}),
        ("main", replace(S, profile=77, constraints=0x40), (), [profile], {"chroma": "4:2:0", "bit_depth": 8}),
        ("extended", replace(S, profile=88), (), [profile], {"chroma": "4:2:0"}),
    ]:
        case(f"sampling/{name}.mp4", clip_movie(stream, 15), wrong, warnings=warnings, facts=facts,
             may=[profile] if name == "constrained-baseline" else [])
    case("sampling/level-above-all.mp4", clip_movie(replace(S, level=62), 15))
    case("sampling/size-above-its-level.mp4", clip_movie(replace(S, level=10, width=1280, height=720), 15), facts={"dimensions": "1280x720"},
         why="a level that the size exceeds is no rule here, and must not make the stream unreadable")

    def rated(total):
        pictures = plain(15)
        coded = h264.encode(S, pictures)
        left = total - sum(len(mp4.boxed_units(u)) for u in coded)
        last = coded[-1]
        # filler data NAL units of at most 60000 bytes
        while left:
            size = left if left <= 60000 else min(60000, left - 100)
            last.append(bytes([12]) + b"\xff" * (size - 6) + b"\x80")
            left -= size
        return movie([video_track(S, pictures, coded=coded)])

    case("sampling/5000-kbps.mp4", rated(312500), without=["video-bitrate-recommended"])
    case("sampling/5000-kbps-less-a-byte.mp4", rated(312499), warnings=["video-bitrate-recommended"])


def pictures():
    """Open GOPs, GOP lengths and interlacing."""

    def coded(path, patterns, wrong=(), stream=S, movie_options=None, **options):
        more = {k: options.pop(k) for k in ("facts", "warnings", "may", "why", "undecided") if k in options}
        pics, places = patterns if isinstance(patterns, tuple) else gops(*patterns)
        options.setdefault("rate", (30, 1) if len(pics) >= 15 else (10, 1))  # never shorter than half a second
        return case(path, movie([video_track(stream, pics, places, **options)], **(movie_options or {})), wrong, **more)

    closed, leads = "XbbPbbPbbP", "bbRbbPbbP"
    coded("gop/closed.mp4", [closed] * 3, facts={"open_gops": 0, "longest_gop": 10})
    coded("gop/open.mp4", [closed, leads, leads], "open-gop", facts={"open_gops": 2, "open_gop_frame": 10, "longest_gop": 28},
          why="stss lists only the IDR: nothing in the boxes tells")
    coded("gop/nine-closed-then-one-open.mp4", [closed] * 9 + [leads], "open-gop", facts={"open_gops": 1, "open_gop_frame": 90})
    coded("gop/one-open-near-the-end-of-many.mp4", [closed] * 60 + [leads, closed], "open-gop", facts={"open_gops": 1, "open_gop_frame": 600})
    coded("gop/open-at-the-very-end.mp4", [closed, "bR"], "open-gop", facts={"open_gops": 1})
    coded("gop/open-in-fragments.mp4", [closed, leads, leads], "open-gop", warnings=["fragmented"], movie_options={"fragments": 4}, edits=None,
          facts={"open_gops": 2})
    pics, places = gops(closed, leads)
    listed = [i for i, p in enumerate(pics) if p.kind in ("IDR", "I")]
    coded("gop/open-listed-in-stss.mp4", [closed, leads], "open-gop", sync=listed, may=["sync-table-lies"])
    coded("gop/open-listed-in-stps.mp4", [closed, leads], "open-gop", partial_sync=listed[1:])
    coded("gop/open-listed-in-rap.mp4", [closed, leads], "open-gop", rap=listed[1:])
    bare = "bbIbbPbbP"
    coded("gop/bare-i-with-leading-pictures.mp4", [closed, bare], facts={"open_gops": 0}, why="a scene cut: no recovery point, in no table")
    coded("gop/bare-i-listed-in-stps.mp4", [closed, bare], "open-gop", partial_sync=listed[1:])
    coded("gop/bare-i-listed-in-rap.mp4", [closed, bare], "open-gop", rap=listed[1:])
    coded("gop/bare-i-listed-in-stss.mp4", [closed, bare], "open-gop", sync=listed, may=["sync-table-lies"])
    coded("gop/recovery-point-without-leading-pictures.mp4", [closed, "RbbPbbP"], facts={"open_gops": 0, "longest_gop": 17})
    coded("gop/plain-i-in-the-middle.mp4", ["XbbPbbPIbbPPIP"], facts={"open_gops": 0})
    coded("gop/mmco-5.mp4", ["XbbPbbP", "5PPP"], facts={"open_gops": 0, "longest_gop": 7})
    coded("gop/no-b-with-recovery-points.mp4", ["XPPPPP", "RPPPPP", "RPPPP"], facts={"open_gops": 0})
    coded("gop/starts-with-a-recovery-point.mp4", ["RbbPbbP", closed], sync=[0, 7], may=["sync-table-lies"], facts={"open_gops": 0})
    intra = [Picture("IDR", 0)] + [Picture("P", i, recovery=8 if i % 10 == 0 else None) for i in range(1, 40)]
    coded("gop/intra-refresh.mp4", (intra, list(range(40))), facts={"open_gops": 0})
    pics, places = gops(closed, leads)
    late = [replace(p, recovery=2) if p.recovery == 0 else p for p in pics]
    coded("gop/recovery-after-two-frames.mp4", (late, places), facts={"open_gops": 0}, why="recovery_frame_cnt is not 0")
    only_i = [replace(p, kind="I") if i in (11, 12) else p for i, p in enumerate(pics)]
    coded("gop/leading-pictures-of-i-only.mp4", (only_i, places), facts={"open_gops": 0}, why="nothing that is shown before it refers to anything")
    lead_p = [replace(p, kind="P") if i in (11, 12) else p for i, p in enumerate(pics)]
    coded("gop/leading-pictures-of-p.mp4", (lead_p, places), "open-gop", facts={"open_gops": 1})
    tall = replace(S, height=64)
    split = [replace(p, types=(2, 0)) if p.recovery == 0 else replace(p, slices=2) for p in pics]
    coded("gop/i-slice-then-p-slice.mp4", (split, places), stream=tall, facts={"open_gops": 0},
          why="not every slice of the recovery point is I, so that it is no random access picture")
    split = [replace(p, types=(2, 2)) if p.recovery == 0 else replace(p, slices=3 if p.kind == "P" else 1) for p in pics]
    coded("gop/two-i-slices-each-for-itself.mp4", (split, places), "open-gop", stream=tall, facts={"open_gops": 1})
    coded("gop/open-with-poc-type-1.mp4", ["XbPbP", "bRbP"], "open-gop", stream=replace(S, poc_type=1), facts={"open_gops": 1})
    coded("gop/closed-with-poc-type-1.mp4", ["XbPbP", "XbPbP"], stream=replace(S, poc_type=1), facts={"open_gops": 0})
    coded("gop/closed-with-poc-type-2.mp4", ["XPPPP", "RPPP", "XPP"], stream=replace(S, poc_type=2), facts={"open_gops": 0})
    for size in (1, 2):
        coded(f"gop/open-with-lengths-of-{size}.mp4", [closed, leads], "open-gop", length_size=size, facts={"open_gops": 1})
        coded(f"gop/closed-with-lengths-of-{size}.mp4", [closed, closed], length_size=size, facts={"open_gops": 0})
    coded("gop/open-in-avc3.mp4", [closed, leads], "open-gop", kind=b"avc3", in_band=True, facts={"open_gops": 1, "dimensions": "32x32"})
    coded("gop/closed-in-avc3.mp4", [closed, closed], kind=b"avc3", in_band=True, facts={"open_gops": 0, "chroma": "4:2:0"})
    coded("gop/422-in-avc3.mp4", [closed], "chroma-not-420", stream=replace(S, chroma=2, profile=122), kind=b"avc3", in_band=True,
          warnings=["video-profile"])
    other = replace(S, sps_id=1, pps_id=1, frame_num_bits=8, poc_bits=8)
    first, first_places = gops(closed)
    second, second_places = gops(closed, leads, start=10)
    second[0] = replace(second[0], stream=other, before=(other.sps(), other.pps()))
    coded("gop/other-parameter-sets-in-band.mp4", (first + second, first_places + second_places), "open-gop", facts={"open_gops": 1, "open_gop_frame": 20})
    wrap = replace(S, frame_num_bits=4, poc_bits=5)
    coded("gop/wrapping-counters-closed.mp4", ["X" + "bP" * 40, "X" + "bP" * 20], stream=wrap, facts={"open_gops": 0})
    coded("gop/wrapping-counters-open.mp4", ["X" + "bP" * 40, "bR" + "bP" * 20], "open-gop", stream=wrap, facts={"open_gops": 1})
    with_aud = [replace(p, aud=True) for p in pics]
    coded("gop/open-with-delimiters.mp4", (with_aud, places), "open-gop", facts={"open_gops": 1})
    noisy = [replace(p, before=(h264.nal(0, 6, bytes([5, 20]) + bytes(range(20)) + b"\x80"),)) for p in pics]
    coded("gop/open-behind-other-sei.mp4", (noisy, places), "open-gop", facts={"open_gops": 1})
    prefix, extension = h264.nal(3, 14, bytes([0x40, 0, 7, 0x80])), h264.nal(3, 20, bytes([0x40, 0, 7]) + b"\x88\x84" * 20)
    layered = [replace(p, before=(prefix,), after=(extension,)) for p in pics]
    coded("gop/open-with-layers.mp4", (layered, places), "open-gop", facts={"open_gops": 1}, why="NAL units 14 and 20 belong to layers that a plain decoder skips")
    auxiliary = h264.encode(S, plain(1))[0][0]
    alpha = [replace(p, after=(bytes([auxiliary[0] & 0xE0 | 19]) + auxiliary[1:],)) for p in gops(closed, closed)[0]]
    coded("gop/closed-with-auxiliary-pictures.mp4", (alpha, gops(closed, closed)[1]), facts={"open_gops": 0, "longest_gop": 10})
    ended = [replace(p, after=(bytes([12]) + b"\xff" * 9 + b"\x80",) + ((bytes([10]),) if i == 9 else ())) for i, p in enumerate(gops(closed, closed)[0])]
    coded("gop/closed-with-filler-and-end-of-sequence.mp4", (ended, gops(closed, closed)[1]), facts={"open_gops": 0, "longest_gop": 10})
    coded("gop/open-without-composition-offsets.mp4", [closed, leads], "open-gop", offsets=None, facts={"open_gops": 1}, may=["frame-rate-peak"],
          why="no ctts, as careless writers leave it; the bitstream tells")
    delayed = plain(10) + [Picture("I", 14, recovery=0), Picture("P", 15), Picture("P", 16)] + [Picture("B", n, ref=False) for n in (10, 11, 12, 13)] + \
        [Picture("P", n) for n in range(17, 30)]
    coded("gop/leading-pictures-behind-others.mp4", (delayed, [p.poc for p in delayed]), "open-gop", facts={"open_gops": 1, "open_gop_frame": 10})
    trailing = plain(10) + [Picture("I", 10, recovery=0), Picture("P", 13), Picture("B", 11, ref=False), Picture("B", 12, ref=False)] + [Picture("P", n) for n in range(14, 30)]
    coded("gop/reordered-behind-a-recovery-point.mp4", (trailing, [p.poc for p in trailing]), facts={"open_gops": 0}, why="all of them are shown behind it")
    long_sei = h264.nal(0, 6, bytes([5, 255, 255, 90]) + b"\x55" * 600 + b"\x80")
    noisy = [replace(p, before=(long_sei,)) for p in pics]
    coded("gop/open-behind-600-bytes-of-sei.mp4", (noisy, places), "open-gop", facts={"open_gops": 1})
    for name, options in [("stz2-16", {"stz2": 16}), ("stz2-8", {"stz2": 8}), ("co64", {"co64": True}), ("chunks-of-3", {"chunk": 3})]:
        coded(f"gop/open-with-{name}.mp4", [closed, leads], "open-gop", facts={"open_gops": 1}, **options)
    coded("gop/sync-table-lists-p.mp4", ["XPPPPPPP"], sync=[0, 3], warnings=["sync-table-lies"], facts={"open_gops": 0})
    coded("gop/sync-table-misses-an-idr.mp4", ["XPPP", "XPPP"], sync=[0], may=["sync-table-lies"])
    coded("gop/sdtp-says-nothing.mp4", ["XbPbP"], sdtp=[0] * 5)
    lies = {"warnings": ["sync-table-lies"], "facts": {"open_gops": 0}}
    right = [0x20, 0x10, 0x18, 0x10, 0x18, 0x10, 0x18]  # I depends on nothing, P and b do, nothing depends on b
    coded("gop/sdtp-right.mp4", ["XbPbPbP"], sdtp=right, facts={"open_gops": 0})
    coded("gop/sdtp-says-p-depends-on-nothing.mp4", ["XbPbPbP"], sdtp=[0x20, 0x20, *right[2:]], **lies)
    coded("gop/stps-lists-p.mp4", ["XPPPPPP"], partial_sync=[3], **lies)
    coded("gop/rap-lists-p.mp4", ["XPPPPPP"], rap=[3], **lies)
    field_lead = ([Picture("IDR", 0, fields=("IDR", "P")), Picture("P", 1, fields=("P", "P")),
                   Picture("I", 4, fields=("I", "P"), recovery=0), Picture("B", 2, fields=("B", "B"), ref=False),
                   Picture("B", 3, fields=("B", "B"), ref=False)], [0, 1, 4, 2, 3])
    pics8 = field_lead[0] + [Picture("P", k, fields=("P", "P")) for k in range(5, 20)]
    coded("gop/open-of-fields.mp4", (pics8, field_lead[1] + list(range(5, 20))), ["open-gop", "interlaced"], stream=I,
          facts={"open_gops": 1, "interlaced_frames": 20, "scan": "interlaced"})

    for n, wrong in [(512, ()), (513, "gop-too-long")]:
        case(f"gop/{n}-frames.mp4", clip_movie(n=n), wrong, facts={"longest_gop": n})
        fields = [Picture("IDR" if i == 0 else "P", poc=i, fields=("IDR" if i == 0 else "P", "P")) for i in range(n)]
        case(f"gop/{n}-pairs-of-fields.mp4", movie([video_track(I, fields)]), ["interlaced"] + ([wrong] if wrong else []), facts={"longest_gop": n})
        second = plain(10) + plain(n) + plain(10)
        case(f"gop/{n}-frames-between-others.mp4", movie([video_track(S, second)]), wrong, facts={"longest_gop": n})
        case(f"gop/{n}-frames-in-fragments.mp4", clip_movie(n=n, movie_options={"fragments": 100}), wrong, warnings="fragmented", facts={"longest_gop": n})
        two = [Picture("IDR", 0)] + [Picture("I" if i == 300 else "P", poc=i, recovery=0 if i == 300 else None) for i in range(1, n)]
        case(f"gop/{n}-frames-with-a-recovery-point.mp4", movie([video_track(S, two)]), wrong, facts={"longest_gop": n, "open_gops": 0})
    reset = plain(300) + [Picture("I", poc=300, mmco5=True)] + [Picture("P", poc=i) for i in range(1, 300)]
    case("gop/600-frames-with-mmco-5.mp4", movie([video_track(S, reset)]), facts={"longest_gop": 300})

    scan = lambda name, stream, pics, wrong=(), **more: case(f"scan/{name}.mp4", movie([video_track(stream, pics)]), wrong, **more)
    run = lambda n=15, **o: [Picture("IDR" if i == 0 else "P", poc=i, **o) for i in range(n)]
    pairs = lambda n=15, first=0, last=None, **o: [
        Picture("IDR" if i == 0 else "P", poc=i, fields=("IDR" if i == 0 else "P", "P") if first <= i < (n if last is None else last) else None, **o)
        for i in range(n)]
    bad = "interlaced"
    scan("frames-only", S, run(), facts={"scan": "progressive"})
    scan("fields", I, pairs(), bad, facts={"scan": "interlaced", "interlaced_frames": 15, "frames": 15})
    bottom = [replace(p, bottom_first=True) for p in pairs()]
    scan("fields-bottom-first", I, bottom, bad, facts={"scan": "interlaced"})
    scan("fields-of-i-and-i", I, [Picture("IDR", 0, fields=("IDR", "I"))] + pairs()[1:], bad)
    scan("fields-and-frames", I, pairs(last=8), bad, facts={"interlaced_frames": 8})
    scan("only-the-first-frame-of-fields", I, pairs(last=1), bad, facts={"interlaced_frames": 1})
    scan("only-the-last-frame-of-fields", I, pairs(first=14), bad, facts={"interlaced_frames": 1})
    scan("one-frame-of-fields-in-300", I, pairs(n=300, first=250, last=251), bad, facts={"interlaced_frames": 1})
    scan("fields-in-mbaff", MBAFF, pairs(), bad)
    mb = replace(MBAFF, pic_struct=True)
    for value in range(9):
        wrong = bad if 3 <= value <= 6 else ()
        if value in (1, 2):
            continue  # a single field as a frame picture: not allowed
        scan(f"mbaff-pic-struct-{value}", mb, run(pic_struct=value), wrong, warnings=[] if wrong else [bad],
             facts={"scan": "interlaced" if wrong else "progressive-frames"})
    scan("mbaff-without-pic-struct", MBAFF, run(), undecided=[bad])
    scan("mbaff-pic-struct-3-once", mb, [replace(p, pic_struct=3 if i == 12 else 0) for i, p in enumerate(run())], bad, facts={"interlaced_frames": 1})
    scan("frames-with-the-flag-0", I, run(), warnings=[bad], facts={"scan": "progressive-frames"})
    timed = replace(I, pic_struct=True)
    scan("frames-pic-struct-0", timed, run(pic_struct=0), warnings=[bad])
    scan("frames-pic-struct-3", timed, run(pic_struct=3), warnings=[bad], why="only ct_type 1 makes such frames interlaced")
    scan("frames-ct-type-0", timed, run(pic_struct=3, ct_type=0), warnings=[bad])
    scan("frames-ct-type-1", timed, run(pic_struct=3, ct_type=1), bad)
    scan("frames-ct-type-2", timed, run(pic_struct=3, ct_type=2), warnings=[bad])
    scan("frames-ct-type-1-once", timed, [replace(p, ct_type=1 if i == 9 else 0) for i, p in enumerate(run(pic_struct=3))], bad)
    tele = replace(S, pic_struct=True)
    scan("pulldown", tele, [replace(p, pic_struct=[3, 5, 4, 6][i % 4]) for i, p in enumerate(run(16))], facts={"scan": "progressive"},
         why="frame_mbs_only_flag 1 passes whatever pic_struct says")
    scan("pulldown-ct-type-1", tele, run(pic_struct=3, ct_type=1), facts={"scan": "progressive"})
    scan("doubling", tele, run(pic_struct=7))
    fiel = lambda fields, order=0: box(b"fiel", bytes([fields, order]))
    for name, stream, pics, count, wrong, warnings in [
        ("fiel-2-of-frames-only", S, run(), 2, (), [bad]), ("fiel-1-of-frames-only", S, run(), 1, (), []),
        ("fiel-1-of-fields", I, pairs(), 1, bad, []), ("fiel-2-of-fields", I, pairs(), 2, bad, []),
    ]:
        case(f"scan/{name}.mov", movie([video_track(stream, pics, children=fiel(count, 9 if count == 2 else 0))], brand=b"qt  "), wrong,
             warnings=warnings, may=[bad] if name == "fiel-1-of-fields" else [])
    later = replace(I, sps_id=1, pps_id=1)
    switched = run(10) + [replace(p, stream=later, before=(later.sps(), later.pps())) if i == 0 else p for i, p in enumerate(pairs(10))]
    scan("fields-of-a-later-parameter-set", S, switched, bad, facts={"scan": "interlaced", "interlaced_frames": 10})
    case("scan/fields-in-avc3.mp4", movie([video_track(I, pairs(), kind=b"avc3", in_band=True)]), bad)
    case("scan/fields-in-fragments.mp4", movie([video_track(I, pairs())], fragments=5), bad, warnings="fragmented", facts={"interlaced_frames": 15})
    case("scan/mbaff-of-b-and-p.mp4", movie([video_track(mb, [replace(p, pic_struct=3) for p in gops("XbbPbbPbbP")[0]] * 2, gops("XbbPbbPbbP", "XbbPbbPbbP")[1])]), bad)


def all_cases():
    frame_rates()
    durations()
    geometry()
    sampling()
    pictures()
    parameter_sets()
    versions()
