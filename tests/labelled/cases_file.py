"""Files as such: how movies may be laid out, what is damaged, sizes, types, names."""

import zlib
from dataclasses import replace

import aac
import h264
import mp4
from cases import case, sparse
from cases_video import S, clip, plain
from h264 import Picture
from mp4 import box, full, movie, u16, u32, u64

MIB = 1 << 20


def layouts():
    good = lambda **o: movie([clip(), aac.track()], **o)
    base = {"frames": 30, "open_gops": 0}
    case("file/moov-at-end.mp4", good(), facts={**base, "moov_at_end": True, "media_type": "video/mp4"})
    case("file/moov-first.mp4", good(moov_first=True), facts={**base, "moov_at_end": False})
    case("file/mdat-to-the-end.mp4", good(moov_first=True, open_mdat=True), facts=base)
    case("file/mdat-of-64-bits.mp4", good(large_mdat=True), facts=base)
    case("file/no-ftyp.mov", good(ftyp=False), facts={**base, "media_type": "video/quicktime"})
    case("file/no-ftyp-moov-first.mov", good(ftyp=False, moov_first=True), facts={"media_type": "video/quicktime"})
    case("file/wide-in-front.mov", good(brand=b"qt  ", between=box(b"wide")), facts={**base, "media_type": "video/quicktime"})
    case("file/no-ftyp-wide.mov", good(ftyp=False, between=box(b"wide")), facts={"media_type": "video/quicktime"})
    case("file/quicktime-named.mp4", good(brand=b"qt  "), facts={"media_type": "video/quicktime"})
    for brand in (b"mp42", b"iso5", b"avc1", b"M4V ", b"3gp5", b"dash", b"MSNV", b"XAVC", b"f4v "):
        case(f"file/brand-{brand.decode().strip()}.mp4", good(brand=brand), facts={"media_type": "video/mp4"})
    case("file/free-boxes.mp4", good(before=box(b"free", bytes(100)) + box(b"skip", bytes(3)), after=box(b"free", bytes(5))), facts=base)
    case("file/unknown-boxes.mp4", good(before=box(b"zzzz", b"what"), between=box(b"uuid", bytes(20)), after=box(b"ABCD", b"x")), facts=base)
    case("file/empty-free-box-at-end.mp4", good(after=box(b"free")), facts=base)
    case("file/zeros-at-end.mp4", good(after=bytes(3)), facts=base, why="trailing junk: every reader copes")
    case("file/junk-at-end.mp4", good(after=b"\x12\x34\x56"), facts=base)
    case("file/two-mdat.mp4", good(after=box(b"mdat", bytes(40))), facts=base)
    case("file/udta-with-zero-end.mov", good(brand=b"qt  ", udta=box(b"udta", box(b"name", b"film"), u32(0))), facts=base,
         why="QuickTime ends user data with 32 zero bits")
    case("file/unknown-box-in-moov.mp4", good(udta=box(b"zzzz", bytes(9))), facts=base)
    case("file/odd-box-names.mp4", good(udta=box(b"\xa9xyz", u16(4, 0x15C7) + b"+1+2"), between=box(b"\xa9\xff\x01\x02", b"")), facts=base)
    case("file/location.mp4", good(udta=box(b"udta", box(b"\xa9xyz", u16(16, 0x15C7) + b"+48.1371+011.5754/"[:16]))), facts=base)
    case("file/chunk-of-each-sample.mp4", movie([clip(chunk=1), aac.track(chunk=1)]), facts=base)
    case("file/chunks-of-7.mp4", movie([clip(chunk=7), aac.track(chunk=4)]), facts=base)
    case("file/sizes-of-16-bits.mp4", movie([clip(stz2=16), aac.track(stz2=8)]), facts=base)
    case("file/sizes-of-4-bits.mp4", movie([clip(), aac.track(channels=1, stz2=4)]), facts=base)
    case("file/offsets-of-64-bits.mp4", movie([clip(co64=True), aac.track(co64=True)]), facts=base)
    case("file/mdhd-of-64-bits.mp4", movie([clip(mdhd_version=1)]), facts=base)
    case("file/three-fragments.mp4", movie([clip(), aac.track()], fragments=10), warnings="fragmented", facts={**base, "fragments": 3, "fragmented": True})
    case("file/fragments-with-mfra.mp4", movie([clip(), aac.track()], fragments=10, mfra=True), warnings="fragmented", facts={"fragments": 3})
    case("file/fragment-of-each-frame.mp4", movie([clip()], fragments=1), warnings="fragmented", facts={"fragments": 30, "frames": 30})
    case("file/no-stss.mp4", movie([clip(sync=None, pictures=idr_only(30))]), facts={"frames": 30},
         why="without stss every sample is a sync sample, and every picture is an IDR")

    packed = good()
    at = packed.index(b"moov") - 4
    moov = packed[at:]
    cmov = lambda body: packed[:at] + box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", body)))
    case("file/compressed-movie.mov", cmov(u32(len(moov)) + zlib.compress(moov)).replace(b"isomiso2avc1mp41", b"qt  qt  qt  qt  ").replace(b"ftypisom", b"ftypqt  "), facts=base)
    case("file/compressed-movie-of-junk.mov", cmov(u32(len(moov)) + b"\x78\x9c" + b"\xa5" * 200).replace(b"ftypisom", b"ftypqt  "), "malformed-file", undecided=None,
         may=["no-video-track"])


def orders():
    """What may stand in any order, or be written in more than one way."""
    base = {"frames": 30, "open_gops": 0, "dimensions": "32x32"}
    case("file/boxes-in-reverse.mp4", movie([clip(reverse=True), aac.track(reverse=True)]), facts={**base, "channels": 2})
    case("file/boxes-in-reverse-with-edits.mp4", movie([clip(reverse=True, edits=[(500, -1, 0x10000), (1000, 0, 0x10000)])]), facts={"duration": "3/2"})
    case("file/fragments-with-boxes-in-reverse.mp4", movie([clip(reverse=True)], fragments=10), warnings="fragmented", facts=base)
    more = box(b"btrt", u32(0, 0, 0)) + box(b"colr", b"nclx", u16(1, 1, 1), b"\0")
    case("file/record-behind-other-boxes.mp4", movie([clip(children=more, children_first=True)]), facts=base)
    case("file/sample-entry-ends-in-zeros.mov", movie([clip(children=box(b"fiel", b"\1\0") + u32(0))], brand=b"qt  "), facts=base,
         why="QuickTime ends a list of atoms with 32 zero bits")
    asc = aac.config()
    for name, esds in [("short-descriptors", mp4.esds(0x40, asc, short=True)), ("no-sync-layer", mp4.esds(0x40, asc, last=b"")),
                       ("url-and-dependence", mp4.esds(0x40, asc, flags=b"\xc0\0\1\3abc")), ("ocr", mp4.esds(0x40, asc, flags=b"\x20\0\1")),
                       ("language-behind", mp4.esds(0x40, asc, last=mp4.descriptor(6, b"\2") + mp4.descriptor(0x43, b"\0und")))]:
        case(f"sound/esds-with-{name}.mp4", movie([clip(), aac.track(entry=mp4.audio_entry(b"mp4a", 2, 44100, esds))]), facts={"object_type": 2, "channels": 2})
    behind = mp4.audio_entry(b"mp4a", 2, 44100, box(b"btrt", u32(0, 0, 0)), mp4.esds(0x40, asc), box(b"chnl", bytes(8)))
    case("sound/esds-behind-other-boxes.mp4", movie([clip(), aac.track(entry=behind)]), facts={"object_type": 2})
    case("sound/trailing-bytes-of-the-configuration.mp4", movie([clip(), aac.track(asc=asc + bytes(3))]), facts={"object_type": 2, "sbr": "none"})

    first, second = plain(20), plain(20)
    coded = [mp4.boxed_units(u, 4) for u in h264.encode(S, first)] + [mp4.boxed_units(u, 2) for u in h264.encode(S, second)]
    entries = [mp4.visual_entry(b"avc1", 32, 32, box(b"avcC", S.avcc(n))) for n in (4, 2)]
    track = mp4.Track(b"vide", entries=entries, samples=coded, durations=[1000] * 40, sync=[0, 20], descriptions=[1] * 20 + [2] * 20, size=(32, 32))
    case("file/two-sample-descriptions.mp4", movie([track]), facts={"frames": 40, "open_gops": 0, "longest_gop": 20},
         why="the second one has NAL unit lengths of two bytes")
    case("file/composition-to-decode-box.mp4", movie([clip(extra_stbl=full(b"cslg", 0, 0, u32(0, 0, 0, 0, 0)))]), facts=base)
    pictures, places = h264.gops("XbbPbbPbbP", "XbbPbbPbbP")
    track = mp4.video_track(S, pictures, places, edits=None)
    track.offsets = [o - 1000 for o in track.offsets]
    case("rate/reordered-with-negative-offsets-in-version-0.mov", movie([track], brand=b"qt  "), facts={"frame_rate": "30", "open_gops": 0},
         why="QuickTime's offsets are signed in version 0 as well")
    case("time/empty-edit-of-64-bits.mp4", movie([clip(edits=[(2000, -1, 0x10000), (1000, 0, 0x10000)], edit_version=1)]), facts={"duration": "3"})
    case("file/free-in-front.mp4", mp4.box(b"free", bytes(8)) + shifted(16), facts={"media_type": "video/mp4"})
    case("file/preview-in-front.mov", movie([clip()], ftyp=False, before=box(b"pnot", bytes(12))), facts={"media_type": "video/quicktime"})
    case("file/free-in-front.mov", movie([clip()], ftyp=False, before=box(b"free", bytes(12))), facts={"media_type": "video/quicktime"})
    quicktime_meta = box(b"meta", full(b"hdlr", 0, 0, u32(0), b"mdta", bytes(13)), full(b"keys", 0, 0, u32(0)), box(b"ilst"))
    case("file/quicktime-meta.mov", movie([clip()], brand=b"qt  ", udta=quicktime_meta), facts=base, why="QuickTime's meta has no version and flags")
    far = 4500 << 20
    head = box(b"ftyp", b"isom", u32(512), b"isom")
    tail = movie([clip(co64=True)], ftyp=False)
    hole = far - len(head) - len(tail)
    moved = far - len(tail)
    at = tail.index(b"co64") + 12
    tail = tail[:at] + u64(int.from_bytes(tail[at : at + 8], "big") + moved) + tail[at + 8 :]
    case("limits/past-4-gib.mp4", sparse(head + u32(1) + b"free" + u64(hole), far, tail), "file-too-large", facts=base)


def shifted(n):
    """A film whose chunk offsets are right behind n bytes in front of it."""
    film = movie([clip()])
    at = film.index(b"stco") + 12
    return film[:at] + u32(int.from_bytes(film[at : at + 4], "big") + n) + film[at + 4 :]


def idr_only(n):
    return [Picture("IDR", 0) for _ in range(n)]


def damage():
    good = movie([clip(), aac.track()], moov_first=True)
    late = movie([clip(), aac.track()])
    truncated = "truncated-file"
    some = {"undecided": None, "may": ["open-gop", "gop-too-long"]}
    case("damage/one-byte-short.mp4", good[:-1], truncated, undecided=None)
    case("damage/half-of-mdat.mp4", good[: good.index(b"mdat") + 200], truncated, **some)
    case("damage/no-byte-of-mdat.mp4", good[: good.index(b"mdat") + 4], truncated, **some)
    case("damage/no-mdat.mp4", good[: good.index(b"mdat") - 4], truncated, **some)
    case("damage/moov-lost.mp4", late[: late.index(b"moov") - 40], truncated, undecided=None, may=["no-video-track", "malformed-file", "duration-too-short"],
         why="the header of mdat promises more than is there")
    case("damage/half-of-moov.mp4", late[: late.index(b"moov") + 300], undecided=None, verdict="fail", errors=[truncated],
         may=["malformed-file", "no-video-track", "duration-too-short"])
    for n in (4, 8, 12, 20, 30):
        case(f"damage/first-{n}-bytes.mp4", late[:n], verdict="fail", errors=[], undecided=None,
             may=["truncated-file", "malformed-file", "no-video-track", "unsupported-type", "duration-too-short"], why="fails; by which rule is not scored")
    beyond = movie([clip(sample_sizes=[10_000_000] * 30)])
    case("damage/sizes-past-the-end.mp4", beyond, truncated, **some)
    fragments = movie([clip()], fragments=10)
    case("damage/last-fragment-cut.mp4", fragments[:-10], truncated, warnings="fragmented", **some)
    case("damage/empty.mp4", b"", "empty-file")
    for name in ("empty.jpg", "empty.gif", "empty.srt", "empty"):
        case(f"damage/{name}", b"", "empty-file")
    zero_timescale = bytearray(late)
    at = zero_timescale.index(b"mdhd")
    zero_timescale[at + 16 : at + 20] = bytes(4)
    case("damage/timescale-0.mp4", bytes(zero_timescale), "malformed-file", undecided=None, may=["no-video-track", "duration-too-short", "frame-rate-too-high"])
    huge = bytearray(late)
    at = huge.index(b"stsz")
    huge[at + 12 : at + 16] = b"\xff\xff\xff\xff"
    case("damage/count-of-sizes-too-large.mp4", bytes(huge), verdict="fail", errors=[], undecided=None,
         may=["malformed-file", "truncated-file", "duration-too-short", "gop-too-long", "duration-too-long", "frame-rate-too-high"], why="fails; by which rule is not scored")
    small = bytearray(late)
    at = small.index(b"trak") - 4
    small[at : at + 4] = u32(4)
    case("damage/box-of-4-bytes.mp4", bytes(small), "malformed-file", undecided=None, may=["no-video-track", "duration-too-short"])
    nested = b""
    for _ in range(3000):
        nested = box(b"moov", nested)
    case("damage/3000-nested-moov.mp4", mp4.box(b"ftyp", b"isom", u32(0)) + nested, verdict="fail", errors=[], undecided=None,
         may=["malformed-file", "no-video-track", "duration-too-short"], why="fails; by which rule is not scored")
    case("damage/ftyp-alone.mp4", box(b"ftyp", b"isom", u32(0), b"isom"), verdict="fail", errors=[], undecided=None,
         may=["malformed-file", "no-video-track", "truncated-file", "duration-too-short"], why="fails; by which rule is not scored")


def sizes():
    limit = 512 * MIB
    body = movie([clip()])
    with_free = lambda n: sparse(body + u32(n - len(body)) + b"free", n)
    case("limits/512-mib.mp4", with_free(limit), facts={"size": limit})
    case("limits/512-mib-and-a-byte.mp4", with_free(limit + 1), "file-too-large")
    first = movie([clip()], moov_first=True, large_mdat=True)
    at = first.index(b"mdat")
    grown = lambda n: sparse(first[: at + 4] + u64(n - (at - 4)) + first[at + 12 :], n)
    case("limits/mdat-of-512-mib.mp4", grown(limit))
    case("limits/mdat-of-512-mib-and-a-byte.mov", grown(limit + 1), "file-too-large")
    open_end = movie([clip()], moov_first=True, open_mdat=True)
    case("limits/open-mdat-of-512-mib.mp4", sparse(open_end, limit))
    case("limits/open-mdat-of-512-mib-and-a-byte.mp4", sparse(open_end, limit + 1), "file-too-large")
    segments = 1000 * 5 * MIB
    huge = lambda n: sparse(body + u32(1) + b"free" + u64(n - len(body)), n)
    case("limits/1000-segments.mp4", huge(segments), "file-too-large")
    case("limits/1000-segments-and-a-byte.mp4", huge(segments + 1), ["file-too-large", "too-many-segments"])
    for category, wrong in [("tweet_video", ()), ("amplify_video", ()), ("dm_video", ()), ("tweet_image", "category-mismatch"), ("tweet_gif", "category-mismatch"),
                            ("subtitles", "category-mismatch")]:
        case(f"category/movie-as-{category}.mp4", body, wrong, category=category, undecided=None if wrong else [])
    case("limits/dm-video-of-512-mib-and-a-byte.mp4", with_free(limit + 1), "file-too-large", category="dm_video")


def types():
    un = "unsupported-type"
    files = {
        "bmp": b"BM" + (58).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little") + (1).to_bytes(4, "little") * 2
        + (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + bytes(24) + b"\x10\x20\x30\0",
        "little-endian.tif": b"II*\0\x08\0\0\0\0\0\0\0\0\0", "big-endian.tif": b"MM\0*\0\0\0\x08\0\0\0\0\0\0",
        "big.tif": b"II+\0\x08\0\0\0\x10" + bytes(20),
        "heic": box(b"ftyp", b"heic", u32(0), b"mif1heic") + full(b"meta", 0, 0, full(b"hdlr", 0, 0, u32(0), b"pict", bytes(13))),
        "mif1.heic": box(b"ftyp", b"mif1", u32(0), b"mif1heic") + full(b"meta", 0, 0, full(b"hdlr", 0, 0, u32(0), b"pict", bytes(13))),
        "avif": box(b"ftyp", b"avif", u32(0), b"avifmif1miaf") + full(b"meta", 0, 0, full(b"hdlr", 0, 0, u32(0), b"pict", bytes(13))),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
        "with-prolog.svg": b'<?xml version="1.0"?>\n<!-- a picture -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
        "mkv": bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810442858102") + bytes(20),
        "webm": bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d4287810242858102") + bytes(20),
        "ts": (b"\x47\x40\x00\x10" + bytes(184)) * 5, "avi": b"RIFF" + (100).to_bytes(4, "little") + b"AVI LIST" + bytes(92),
        "flv": b"FLV\x01\x05\0\0\0\x09\0\0\0\0" + bytes(20), "ogg": b"OggS\0\x02" + bytes(60), "wav": b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28),
        "mp3": b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + bytes(413), "flac": b"fLaC\0\0\0\x22" + bytes(34), "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "zip": b"PK\x03\x04\x14\0" + bytes(30), "gz": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + bytes(20), "psd": b"8BPS\0\x01" + bytes(40),
        "ico": b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0" + bytes(40), "jp2": bytes.fromhex("0000000c6a5020200d0a870a00000014667479706a703220") + bytes(12),
        "jxl": bytes.fromhex("ff0a") + bytes(30), "h264": b"\0\0\0\1" + S.sps() + b"\0\0\0\1" + S.pps() + bytes(20),
    }
    files |= {
        "sequence.avif": box(b"ftyp", b"avis", u32(0), b"avisavif") + movie([clip()], ftyp=False),
        "with-doctype.svg": b'\xef\xbb\xbf<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>',
        "page.mp4": b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "answer.mp4": b'{"errors":[{"code":34}]}', "zeros.mp4": bytes(1000),
        "ones.jpg": b"\xff" * 1000, "one-byte.png": b"\x89",
    }
    for name, content in files.items():
        stem, _, extension = name.rpartition(".")
        case(f"types/{stem or 'file'}.{extension}", content, un)
    case("types/bmp-named.png", files["bmp"], un, warnings="extension-mismatch")
    case("types/matroska-named.mp4", files["mkv"], un, warnings="extension-mismatch")
    case("types/heic-named.jpg", files["heic"], un, warnings="extension-mismatch")


def all_cases():
    layouts()
    orders()
    damage()
    sizes()
    types()
