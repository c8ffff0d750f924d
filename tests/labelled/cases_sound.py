"""Sound written box by box, and movies of several tracks."""

from dataclasses import replace

import aac
import mp4
from cases import case
from cases_video import S, clip, text_entry
from mp4 import Track, audio_entry, box, esds, full, movie, u16, u32


def with_sound(*tracks, **options):
    return movie([clip(n=30), *tracks], **options)


def audio_cases():
    profile, channels, codec = "audio-profile", "audio-channels", "audio-codec"
    A, C = aac.track, aac.config
    lc = {"object_type": 2, "sbr": "none"}
    table = [
        ("lc-stereo", A(), (), {"channels": 2, "sample_rate": 44100, **lc}),
        ("lc-mono", A(channels=1), (), {"channels": 1, **lc}),
        ("lc-24-khz", A(rate=24000), (), {"sample_rate": 24000, **lc}),
        ("lc-24-khz-mono", A(rate=24000, channels=1), (), lc),
        ("lc-8-khz", A(rate=8000, channels=1), (), {"sample_rate": 8000}),
        ("lc-96-khz", A(rate=96000), (), {"sample_rate": 96000}),
        ("lc-of-an-escaped-rate", A(rate=44100, asc=escaped_rate()), (), {"sample_rate": 44100}),
        ("lc-3-channels", A(channels=3), channels, {"channels": 3}),
        ("lc-4-channels", A(channels=4), channels, {"channels": 4}),
        ("lc-5-channels", A(channels=5), channels, {"channels": 5}),
        ("lc-5.1", A(channels=6), channels, {"channels": 6, "entry_channels": 2}),
        ("lc-5.1-entry-says-6", A(channels=6, entry_channels=6), channels, {"channels": 6}),
        ("lc-7.1", A(channels=8), channels, {"channels": 8}),
        ("lc-stereo-entry-says-6", A(entry_channels=6), (), {"channels": 2, "entry_channels": 6}),
        ("lc-mono-entry-says-2", A(channels=1, entry_channels=2), (), {"channels": 1}),
        ("config-element-mono", A(channels=1, asc=C(elements=(1, 0, 0))), (), {"channels": 1}),
        ("config-element-stereo", A(asc=C(elements=(0, 1, 0))), (), {"channels": 2}),
        ("config-element-two-singles", A(asc=C(elements=(2, 0, 0)), units=None), (), {"channels": 2}),
        ("config-element-5.1", A(channels=6, asc=C(elements=(1, 2, 1))), channels, {"channels": 6}),
        ("config-element-2.1", A(channels=2, asc=C(elements=(0, 1, 1))), channels, {"channels": 3}),
        ("main", A(asc=C(object_type=1)), profile, {"object_type": 1}),
        ("ssr", A(asc=C(object_type=3)), profile, {"object_type": 3}),
        ("ltp", A(asc=C(object_type=4)), profile, {"object_type": 4}),
        ("ld", A(asc=C(object_type=23)), profile, {"object_type": 23}),
        ("he-explicit-without-data", A(rate=22050, asc=C(rate=22050, explicit=5)), profile, {}),
        ("he-explicit", A(rate=22050, sbr=True, asc=C(rate=22050, explicit=5)), profile, {"sbr": "explicit"}),
        ("he-v2-explicit", A(rate=22050, channels=1, sbr=True, asc=C(rate=22050, channels=1, explicit=29)), profile, {"sbr": "explicit", "ps": "explicit"}),
        ("he-sync-extension", A(rate=22050, sbr=True, asc=C(rate=22050, sync=1)), profile, {"sbr": "sync-extension", "object_type": 2}),
        ("he-v2-sync-extension", A(rate=22050, channels=1, sbr=True, asc=C(rate=22050, channels=1, sync=1, ps_sync=1)), profile, {"ps": "sync-extension"}),
        ("he-sync-extension-without-ps", A(rate=22050, channels=1, sbr=True, asc=C(rate=22050, channels=1, sync=1, ps_sync=0)), profile, {"sbr": "sync-extension"}),
        ("he-sync-extension-at-44.1-khz", A(asc=C(sync=1)), profile, {}),
        ("lc-sync-extension-0", A(asc=C(sync=0)), (), lc),
        ("lc-24-khz-sync-extension-0", A(rate=24000, asc=C(rate=24000, sync=0)), (), lc),
        ("he-implicit", A(rate=24000, sbr=True), profile, {"sbr": "implicit"}),
        ("he-implicit-mono", A(rate=24000, channels=1, sbr=True), profile, {"sbr": "implicit"}),
        ("he-implicit-44.1-khz", A(sbr=True), profile, {"sbr": "implicit"}),
        ("mpeg-2-lc", A(object_type=0x67), (), {"object_type": 2, "object_type_indication": 0x67}),
        ("mpeg-2-lc-5.1", A(object_type=0x67, channels=6), channels, {"channels": 6}),
        ("mpeg-2-main", A(object_type=0x66, asc=C(object_type=1)), profile, {"object_type": 1}),
        ("mpeg-2-ssr", A(object_type=0x68, asc=C(object_type=3)), profile, {"object_type": 3}),
        ("mp3-in-mp4a-6b", A(object_type=0x6B, asc=None, entry=audio_entry(b"mp4a", 2, 44100, esds(0x6B, None))), codec, {"audio_codec": "MP3"}),
        ("mp3-in-mp4a-69", A(rate=22050, entry=audio_entry(b"mp4a", 2, 22050, esds(0x69, None))), codec, {"audio_codec": "MP3"}),
        ("vorbis-in-mp4a-dd", A(entry=audio_entry(b"mp4a", 2, 44100, esds(0xDD, b"\x02\x1e"))), codec, {}),
        ("ac-3-in-mp4a-a5", A(entry=audio_entry(b"mp4a", 2, 44100, esds(0xA5, None))), codec, {}),
    ]
    for name, track, wrong, facts in table:
        if name == "config-element-two-singles":
            track.samples = [two_singles()] * len(track.samples)
        case(f"sound/{name}.mp4", with_sound(track), wrong, facts=facts, undecided=None if wrong else [])
    crc = A(rate=24000)
    crc.samples = [aac.access_unit(2, True, crc=True)] * len(crc.samples)
    case("sound/he-implicit-with-a-checksum.mp4", with_sound(crc), profile, facts={"sbr": "implicit"}, undecided=None)
    filled = A(rate=24000)
    filled.samples = [aac.access_unit(2, False, fill_first=3)] * len(filled.samples)
    case("sound/lc-with-empty-fill-elements.mp4", with_sound(filled), facts=lc)
    behind = A(rate=24000)
    behind.samples = [aac.access_unit(2, True, fill_first=2)] * len(behind.samples)
    case("sound/he-implicit-behind-empty-fill-elements.mp4", with_sound(behind), profile, facts={"sbr": "implicit"}, undecided=None)
    for name, options in [("data-element", {"data": bytes(40)}), ("long-data-element", {"data": bytes(300)}), ("dynamic-range", {"drc": True})]:
        for sbr in (False, True):
            track = A(rate=24000)
            track.samples = [aac.access_unit(2, sbr, **options)] * len(track.samples)
            case(f"sound/{'he-implicit' if sbr else 'lc'}-with-{name}.mp4", with_sound(track), profile if sbr else (), facts={"sbr": "implicit" if sbr else "none"},
                 undecided=None if sbr else [])
    late = A(rate=24000, sbr=True)
    late.samples = [aac.access_unit(2)] + late.samples[1:]
    case("sound/he-implicit-from-the-second-unit.mp4", with_sound(late), profile, facts={"sbr": "implicit"}, undecided=None)
    for sbr in (False, True):
        track = A(rate=24000)
        track.samples = [aac.access_unit(2, sbr, elements=(0, 1, 0))] * len(track.samples)
        case(f"sound/{'he-implicit' if sbr else 'lc'}-with-a-config-element-in-the-units.mp4", with_sound(track), profile if sbr else (),
             facts={"sbr": "implicit" if sbr else "none"}, undecided=None if sbr else [])
    lengths = A()
    lengths.samples = [s + bytes(n % 7) for n, s in enumerate(lengths.samples)]
    case("sound/lc-with-bytes-behind-the-end.mp4", with_sound(lengths), facts=lc)

    # bit rate: at 32 kHz an access unit of 512 bytes is exactly 128 kbps
    exact = aac.track(1, rate=32000, frames=32, filled=512 - len(aac.access_unit(2)))
    case("sound/128-kbps.mp4", with_sound(exact), without=["audio-bitrate-recommended"])
    less = aac.track(1, rate=32000, frames=32, filled=512 - len(aac.access_unit(2)))
    less.samples[5] = less.samples[5][:-1]
    case("sound/128-kbps-less-a-byte.mp4", with_sound(less), warnings=["audio-bitrate-recommended"])

    # QuickTime sound descriptions
    asc = aac.config()
    wave = box(b"wave", box(b"frma", b"mp4a"), box(b"mp4a", bytes(4)), esds(0x40, asc), bytes(8))
    v1 = aac.track(entry=audio_entry(b"mp4a", 2, 44100, wave, version=1))
    case("sound/quicktime-version-1-with-wave.mov", with_sound(v1, brand=b"qt  "), facts={"channels": 2, "object_type": 2})
    he = box(b"wave", box(b"frma", b"mp4a"), box(b"mp4a", bytes(4)), esds(0x40, aac.config(rate=22050, explicit=5)), bytes(8))
    v1 = aac.track(rate=22050, entry=audio_entry(b"mp4a", 2, 22050, he, version=1))
    case("sound/quicktime-he-in-wave.mov", with_sound(v1, brand=b"qt  "), profile, undecided=None)
    six = box(b"wave", box(b"frma", b"mp4a"), box(b"mp4a", bytes(4)), esds(0x40, aac.config(channels=6)), bytes(8))
    v1 = aac.track(channels=6, entry=audio_entry(b"mp4a", 2, 44100, six, version=1))
    case("sound/quicktime-5.1-in-wave.mov", with_sound(v1, brand=b"qt  "), channels)
    v2 = box(b"mp4a", bytes(6), u16(1), u16(2, 0), u32(0), u16(3, 16, 0xFFFE, 0), u32(0x10000, 72), bytes.fromhex("40e5888000000000"),
             u32(2, 0x7F000000, 0, 0, 0, 1024), esds(0x40, asc))
    case("sound/quicktime-version-2.mov", with_sound(aac.track(entry=v2), brand=b"qt  "), facts={"channels": 2})
    for kind, name in [(b"sowt", "PCM"), (b"twos", "PCM"), (b"lpcm", "PCM"), (b"raw ", "PCM"), (b"in24", "PCM"), (b"fl32", "PCM"), (b"ulaw", None), (b"ima4", None), (b".mp3", "MP3"),
                       (b"samr", None), (b"QDM2", None), (b"ac-3", "AC-3"), (b"ec-3", "E-AC-3"), (b"Opus", "Opus"), (b"fLaC", "FLAC"), (b"alac", "ALAC")]:
        plain_entry = audio_entry(kind, 2, 44100)
        track = Track(b"soun", plain_entry, samples=[bytes(4096)] * 44, durations=[1024] * 44, timescale=44100)
        label = kind.decode().strip().strip(".").replace("-", "")
        case(f"sound/entry-{label}.mov", with_sound(track, brand=b"qt  "), codec, facts={}, undecided=None,
             may=["malformed-file"] if kind in (b"ac-3", b"ec-3", b"Opus", b"fLaC", b"alac") else [])


def escaped_rate():
    b = aac.Bits().u(5, 2).u(4, 15).u(24, 44100).u(4, 2).u(3, 0)
    b.u(-b.count % 8, 0)
    return b.value.to_bytes(b.count // 8, "big")


def two_singles():
    b = aac.Bits()
    for n in range(2):
        b.u(3, 0).u(4, n)
        aac.silent(b)
    b.u(3, 7)
    b.u(-b.count % 8, 0)
    return b.value.to_bytes(b.count // 8, "big")


def track_cases():
    case("tracks/no-sound.mp4", movie([clip()]))
    case("tracks/sound-only.mp4", movie([aac.track()]), "no-video-track", undecided=None)
    case("tracks/sound-only.mov", movie([aac.track()], brand=b"qt  "), "no-video-track", undecided=None)
    text = Track(b"text", text_entry(), samples=[u16(2) + b"hi"] * 2, durations=[500] * 2, timescale=1000)
    subtitles = replace_handler(text, b"sbtl")
    case("tracks/text-only.mp4", movie([text]), "no-video-track", undecided=None, may=["duration-too-short"])
    case("tracks/subtitles.mp4", movie([clip(), aac.track(), subtitles]), facts={"tracks": 3})
    case("tracks/subtitles-first.mp4", movie([text, clip(), aac.track()]), facts={"tracks": 3, "chroma": "4:2:0"})
    timecode = Track(b"tmcd", box(b"tmcd", bytes(6), u16(1), u32(0, 0, 30, 1), bytes([30, 0])), samples=[u32(0)], durations=[1000], timescale=1000)
    case("tracks/timecode.mov", movie([clip(), timecode], brand=b"qt  "), facts={"tracks": 2})
    case("tracks/timecode-first.mov", movie([timecode, clip()], brand=b"qt  "), facts={"tracks": 2, "chroma": "4:2:0"})
    data = Track(b"meta", box(b"mett", bytes(6), u16(1), b"\0application/x-test\0"), samples=[b"data"], durations=[1000], timescale=1000)
    case("tracks/timed-metadata.mp4", movie([clip(), data]), facts={"tracks": 2})
    case("tracks/second-video-of-422.mp4", movie([clip(), clip(replace(S, chroma=2, profile=122))]), facts={"chroma": "4:2:0"},
         why="the first enabled video track is checked")
    case("tracks/first-video-of-422.mp4", movie([clip(replace(S, chroma=2, profile=122)), clip()]), "chroma-not-420", warnings="video-profile")
    case("tracks/first-video-of-422-disabled.mp4", movie([clip(replace(S, chroma=2, profile=122), enabled=False), clip()]), facts={"chroma": "4:2:0"})
    case("tracks/all-videos-disabled.mp4", movie([clip(replace(S, chroma=2, profile=122), enabled=False), clip(enabled=False)]),
         "chroma-not-420", warnings="video-profile", may=["duration-too-short"], undecided=None)
    case("tracks/enabled-flag-only.mp4", movie([clip(flags=1)]))
    case("tracks/all-flags.mp4", movie([clip(flags=0xF)]))
    case("tracks/disabled-5.1.mp4", movie([clip(), aac.track(), aac.track(channels=6, enabled=False)]), facts={"tracks": 3})
    case("tracks/second-sound-of-5.1.mp4", movie([clip(), aac.track(), aac.track(channels=6)]), "audio-channels")
    case("tracks/alternate-5.1.mp4", movie([clip(), aac.track(alternate_group=1), aac.track(channels=6, alternate_group=1)]), "audio-channels",
         why="every enabled audio track counts")
    case("tracks/disabled-he-aac.mp4", movie([clip(), aac.track(), aac.track(rate=22050, asc=aac.config(rate=22050, explicit=5), enabled=False)]))
    case("tracks/sound-first.mp4", movie([aac.track(), clip()]), facts={"tracks": 2})
    cover = box(b"udta", full(b"meta", 0, 0, full(b"hdlr", 0, 0, u32(0), b"mdir", b"appl", bytes(9)),
                box(b"ilst", box(b"covr", box(b"data", u32(13, 0), b"\xff\xd8\xff\xd9")), box(b"\xa9nam", box(b"data", u32(1, 0), b"A film")))))
    case("tracks/cover-art.mp4", movie([clip(), aac.track()], udta=cover))
    case("tracks/sound-with-cover-art.mp4", movie([aac.track()], udta=cover), "no-video-track", undecided=None)
    case("tracks/no-track.mp4", movie([], duration=1000), "no-video-track", undecided=None, may=["duration-too-short", "malformed-file"])


def replace_handler(track, handler):
    return replace(track, handler=handler)


def all_cases():
    audio_cases()
    track_cases()
