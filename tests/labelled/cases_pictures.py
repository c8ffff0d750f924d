"""GIFs, still images and captions, written byte by byte."""

import struct
import zlib

from cases import case, sparse

MIB = 1 << 20


# --- GIF ---------------------------------------------------------------------------------------------------------------


def gif(width, height, frames, loop=True, trailer=True, version=b"GIF89a", comment=0, table=True, after=b"", extension=b""):
    head = version + struct.pack("<HHBBB", width, height, 0x80 if table else 0, 0, 0) + (bytes([0, 0, 0, 255, 255, 255]) if table else b"")
    if loop:
        head += b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    return head + extension + comment_block(comment) + b"".join(frames) + (b";" if trailer else b"") + after


def comment_block(total):
    """A comment extension of exactly so many bytes."""
    if not total:
        return b""
    assert total >= 4
    left = total - 3
    blocks = []
    while left:
        size = left if left <= 256 else min(256, left - 2)
        blocks.append(bytes([size - 1]) + b"." * (size - 1))
        left -= size
    return b"\x21\xfe" + b"".join(blocks) + b"\0"


DOT = bytes([2, 2, 0x44, 0x01, 0])  # LZW of one pixel of colour 0


def flat(pixels):
    """LZW of so many pixels of colour 0: a clear code in front of every two of them, so that codes stay three bits wide."""
    codes = []
    for i in range(pixels):
        if i % 2 == 0:
            codes.append(4)
        codes.append(0)
    codes.append(5)
    value = 0
    for i, code in enumerate(codes):
        value |= code << 3 * i
    data = value.to_bytes(-(-3 * len(codes) // 8), "little")
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    return b"\2" + blocks + b"\0"


def frame(left=0, top=0, width=1, height=1, delay=4, control=True, local=False, interlaced=False, data=None):
    data = data if data is not None else DOT if width * height == 1 else flat(width * height)
    flags = (0x80 if local else 0) | (0x40 if interlaced else 0)
    head = b"\x21\xf9\x04\0" + struct.pack("<H", delay) + b"\0\0" if control else b""
    return head + b"," + struct.pack("<HHHHB", left, top, width, height, flags) + (bytes(6) if local else b"") + data


def gifs():
    dims, many, budget = "gif-dimensions", "gif-too-many-frames", "gif-pixel-budget"
    two = [frame()] * 2
    for width, height, wrong in [(1280, 1080, ()), (1281, 1080, dims), (1280, 1081, dims), (1080, 1280, dims), (1080, 1080, ()), (1, 1, ()),
                                 (1279, 1079, ()), (65535, 65535, [dims, budget]), (1080, 1081, dims)]:
        case(f"gif/{width}x{height}.gif", gif(width, height, two), wrong, facts={"dimensions": f"{width}x{height}", "animation_frames": 2, "media_type": "image/gif"})
    case("gif/350-frames.gif", gif(10, 10, [frame()] * 350), facts={"animation_frames": 350})
    case("gif/351-frames.gif", gif(10, 10, [frame()] * 351), many, facts={"animation_frames": 351})
    case("gif/300000000-pixels.gif", gif(1000, 1000, [frame()] * 300))
    case("gif/301000000-pixels.gif", gif(1000, 1000, [frame()] * 301), budget)
    case("gif/300000000-pixels-in-250-frames.gif", gif(1200, 1000, [frame()] * 250))
    case("gif/1280x1080x217.gif", gif(1280, 1080, [frame()] * 217), facts={"animation_frames": 217})
    case("gif/1280x1080x218.gif", gif(1280, 1080, [frame()] * 218), budget)
    case("gif/all-three-limits.gif", gif(1281, 1080, [frame()] * 351), [dims, many, budget])
    full = lambda n: gif(10, 10, two, comment=n)
    base = len(full(0))
    case("gif/15-mib.gif", full(15 * MIB - base), facts={"size": 15 * MIB})
    case("gif/15-mib-and-a-byte.gif", full(15 * MIB + 1 - base), "file-too-large")
    case("gif/one-frame-of-5-mib.gif", gif(10, 10, [frame()], comment=5 * MIB - len(gif(10, 10, [frame()]))), facts={"animation_frames": 1})
    case("gif/one-frame-of-5-mib-and-a-byte.gif", gif(10, 10, [frame()], comment=5 * MIB + 1 - len(gif(10, 10, [frame()]))), "file-too-large")
    case("gif/two-frames-of-6-mib.gif", full(6 * MIB))
    case("gif/no-trailer.gif", gif(10, 10, two, trailer=False), warnings="gif-missing-trailer", facts={"animation_frames": 2})
    case("gif/one-frame-no-trailer.gif", gif(10, 10, [frame()], trailer=False), warnings="gif-missing-trailer")
    case("gif/junk-behind-the-trailer.gif", gif(10, 10, two, after=b"hello"), facts={"animation_frames": 2})
    case("gif/zeros-behind-the-trailer.gif", gif(10, 10, two, after=bytes(1000)), facts={"animation_frames": 2})
    case("gif/frames-behind-the-trailer.gif", gif(10, 10, [frame()] * 350, after=frame() * 3 + b";"), facts={"animation_frames": 350})
    case("gif/two-gifs-in-one.gif", gif(10, 10, two) * 2, facts={"animation_frames": 2})
    case("gif/pixels-behind-the-trailer.gif", gif(1000, 1000, [frame()] * 300, after=frame() * 9 + b";"))
    case("gif/frame-outside.gif", gif(10, 10, [frame(), frame(left=8, top=8, width=3, height=2)]), warnings="gif-frame-outside-canvas")
    case("gif/frame-larger-than-the-canvas.gif", gif(2, 2, [frame(width=4, height=4), frame()]), warnings="gif-frame-outside-canvas")
    case("gif/frame-at-the-edge.gif", gif(10, 10, [frame(), frame(left=8, top=8, width=2, height=2)]))
    case("gif/screen-of-0x0.gif", gif(0, 0, [frame(width=20, height=10), frame(width=20, height=10)]), facts={"dimensions": "20x10"})
    case("gif/screen-of-0x0-too-wide.gif", gif(0, 0, [frame(width=1281, height=2), frame()]), dims, facts={"dimensions": "1281x2"})
    case("gif/87a.gif", gif(10, 10, [frame(control=False)], loop=False, version=b"GIF87a"), facts={"animation_frames": 1, "media_type": "image/gif"})
    case("gif/local-tables.gif", gif(10, 10, [frame(local=True)] * 3, table=False), facts={"animation_frames": 3})
    case("gif/no-table.gif", gif(10, 10, two, table=False))
    case("gif/interlaced.gif", gif(10, 10, [frame(width=8, height=8, interlaced=True)] * 2))
    case("gif/no-control.gif", gif(10, 10, [frame(control=False)] * 5, loop=False), facts={"animation_frames": 5})
    case("gif/plain-text.gif", gif(10, 10, two, extension=b"\x21\x01\x0c" + bytes(12) + b"\x02hi\0"), facts={"animation_frames": 2}, why="only image descriptors are frames")
    case("gif/unknown-extension.gif", gif(10, 10, two, extension=b"\x21\x77\x03abc\x02de\0"), facts={"animation_frames": 2})
    case("gif/comments.gif", gif(10, 10, two, comment=700))
    case("gif/empty-blocks.gif", gif(10, 10, two, extension=b"\x21\xfe\0"))
    case("gif/no-delay.gif", gif(10, 10, [frame(delay=0)] * 3))
    whole = gif(100, 100, [frame(width=60, height=60)] * 3)
    case("gif/cut-in-a-frame.gif", whole[:-200], "truncated-file", may=["gif-missing-trailer"], undecided=None)
    case("gif/cut-in-the-first-frame.gif", whole[:200], "truncated-file", may=["gif-missing-trailer", "static-gif"], undecided=None)
    case("gif/cut-behind-the-last-data.gif", whole[:-2], "truncated-file", may=["gif-missing-trailer"], undecided=None, why="the frame's terminator is missing as well")
    case("gif/cut-in-a-descriptor.gif", whole[: whole.rindex(b",\0\0\0\0") + 5], "truncated-file", may=["gif-missing-trailer"], undecided=None)
    case("gif/cut-in-the-colour-table.gif", whole[:15], "truncated-file", may=["gif-missing-trailer"], undecided=None)
    case("gif/junk-between-blocks.gif", gif(10, 10, [frame(), b"\x99\x88\x77", frame()]), "malformed-file", may=["gif-missing-trailer"], undecided=None)
    pixels = ["undecodable-pixels"]
    case("gif/code-out-of-the-table.gif", gif(10, 10, [frame(), frame(width=4, height=4, data=b"\2\4\xfc\xff\xff\xff\0")]), deep=pixels)
    case("gif/too-few-pixels.gif", gif(10, 10, [frame(), frame(width=8, height=8, data=flat(10))]), deep=pixels, may=pixels)
    one = gif(10, 10, [frame()])
    for category, content, wrong, warnings in [
        ("tweet_gif", gif(10, 10, two), (), []), ("dm_gif", gif(10, 10, two), (), []), ("tweet_image", gif(10, 10, two), "category-mismatch", []),
        ("tweet_video", gif(10, 10, two), "category-mismatch", []),
    ]:
        case(f"category/gif-as-{category}.gif", content, wrong, warnings=warnings, category=category)
    for category, wrong, warnings in [("tweet_gif", (), ["static-gif"]), ("dm_gif", (), ["static-gif"]), ("tweet_image", (), []), ("dm_image", (), []), ("amplify_video", "category-mismatch", [])]:
        case(f"category/one-frame-gif-as-{category}.gif", one, wrong, warnings=warnings, category=category)
    case("category/one-frame-gif-of-6-mib-as-tweet_gif.gif", gif(10, 10, [frame()], comment=6 * MIB), warnings="static-gif", category="tweet_gif",
         why="the limit is that of the category")
    case("category/dm-gif-of-351.gif", gif(10, 10, [frame()] * 351), many, category="dm_gif")
    case("gif/one-frame-of-2000x2000.gif", gif(2000, 2000, [frame()]), facts={"dimensions": "2000x2000"}, why="one frame: an image, without the limits of GIFs")


# --- PNG ---------------------------------------------------------------------------------------------------------------


def chunk(kind, body=b"", crc=None, length=None):
    check = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body) if length is None else length) + kind + body + struct.pack(">I", check & 0xFFFFFFFF)


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def ihdr(width, height, depth=1, colour=0, interlace=0):
    return struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)


def idat(width, height, depth=1, channels=1):
    row = b"\0" + bytes(-(-width * depth * channels // 8))
    return zlib.compress(row * height, 1)


def png(width=16, height=16, depth=1, colour=0, interlace=0, before=b"", after=b"", data=None, end=True):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    body = SIGNATURE + chunk(b"IHDR", ihdr(width, height, depth, colour, interlace))
    if colour == 3:
        body += chunk(b"PLTE", bytes(6))
    body += before + chunk(b"IDAT", data or idat(width, height, depth, channels)) + after
    return body + (chunk(b"IEND") if end else b"")


def pngs():
    for width, height, warned in [(16, 16, False), (4, 4, False), (3, 3, True), (3, 4, True), (4, 3, True), (1, 1, True), (8192, 8192, False), (8193, 8192, True),
                                  (8192, 8193, True), (8192, 4, False), (20000, 4, True)]:
        case(f"image/{width}x{height}.png", png(width, height), warnings=["image-dimensions"] if warned else [],
             facts={"dimensions": f"{width}x{height}", "media_type": "image/png"})
    base = len(png(before=chunk(b"prVt")))
    case("image/5-mib.png", png(before=chunk(b"prVt", bytes(5 * MIB - base))), facts={"size": 5 * MIB})
    case("image/5-mib-and-a-byte.png", png(before=chunk(b"prVt", bytes(5 * MIB + 1 - base))), "file-too-large")
    for name, options in [("8-bit-rgb", dict(depth=8, colour=2)), ("8-bit-rgba", dict(depth=8, colour=6)), ("16-bit-grey", dict(depth=16)),
                          ("palette", dict(colour=3)), ("grey-alpha", dict(depth=8, colour=4))]:
        case(f"image/{name}.png", png(**options), facts={"dimensions": "16x16"})
    case("image/adam7.png", png(interlace=1, data=zlib.compress(bytes(2 * (2 + 2 + 2 + 4 + 4 + 8) + 3 * 8))))
    case("image/several-idat.png", png(after=chunk(b"IDAT", b"") * 3))
    case("image/text-chunks.png", png(before=chunk(b"tEXt", b"Title\0A picture") + chunk(b"gAMA", struct.pack(">I", 45455)), after=chunk(b"tIME", bytes(7))))
    case("image/junk-behind-iend.png", png() + b"and more")
    bad = "malformed-file"
    whole = bytearray(png())
    whole[29] ^= 1
    case("image/bad-crc-of-ihdr.png", bytes(whole), bad, undecided=None)
    case("image/bad-crc-of-plte.png", png(colour=3).replace(chunk(b"PLTE", bytes(6)), chunk(b"PLTE", bytes(6), crc=1)), bad, undecided=None)
    actl = struct.pack(">II", 2, 0)
    fctl = lambda n: chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, 16, 16, 0, 0, 1, 10, 0, 0))
    moving = lambda crc=None: png(before=chunk(b"acTL", actl, crc=crc) + fctl(0), after=fctl(1) + chunk(b"fdAT", struct.pack(">I", 2) + idat(16, 16)))
    case("image/apng.png", moving(), warnings="animated-image", facts={"animation_frames": 2, "media_type": "image/png"})
    case("image/named.apng", moving(), warnings="animated-image")
    case("image/bad-crc-of-actl.png", moving(crc=1), bad, may=["animated-image"], undecided=None)
    case("image/bad-crc-of-idat.png", SIGNATURE + chunk(b"IHDR", ihdr(16, 16)) + chunk(b"IDAT", idat(16, 16), crc=1) + chunk(b"IEND"),
         deep=["undecodable-pixels"], why="only the deep check reads IDAT's checksum")
    case("image/bad-crc-of-a-text.png", png(before=chunk(b"tEXt", b"Title\0A picture", crc=1)), why="only IHDR, PLTE and acTL are checked")
    squeezed = bytearray(zlib.compress(bytes((i * 7919 >> 3) % 251 for i in range(65 * 64)), 9))
    squeezed[len(squeezed) // 2] ^= 0xFF
    case("image/damaged-in-idat.png", SIGNATURE + chunk(b"IHDR", ihdr(64, 64, 8)) + chunk(b"IDAT", bytes(squeezed)) + chunk(b"IEND"), deep=["undecodable-pixels"],
         why="the checksums are right, the compressed data are not")
    case("image/too-few-rows.png", SIGNATURE + chunk(b"IHDR", ihdr(64, 64, 8)) + chunk(b"IDAT", zlib.compress(bytes(65 * 20))) + chunk(b"IEND"), deep=["undecodable-pixels"])
    noisy = SIGNATURE + chunk(b"IHDR", ihdr(64, 64, 8)) + chunk(b"IDAT", zlib.compress(bytes((i * 7919 >> 3) % 251 for i in range(64 * 65)), 0)) + chunk(b"IEND")
    case("image/cut-in-idat.png", noisy[:1000], "truncated-file", undecided=None)
    case("image/cut-before-iend.png", png(end=False), "truncated-file", undecided=None, may=["malformed-file"])
    case("image/cut-in-iend.png", png()[:-2], "truncated-file", undecided=None)
    case("image/cut-in-ihdr.png", png()[:20], "truncated-file", undecided=None)
    case("image/signature-alone.png", SIGNATURE, "truncated-file", undecided=None, may=["malformed-file"])
    case("image/no-ihdr.png", SIGNATURE + chunk(b"IDAT", idat(16, 16)) + chunk(b"IEND"), bad, undecided=None)
    case("image/0x16.png", png(0, 16), bad, undecided=None, may=["image-dimensions"])
    for category, wrong in [("tweet_image", ()), ("dm_image", ()), ("tweet_gif", "category-mismatch"), ("tweet_video", "category-mismatch"), ("subtitles", "category-mismatch")]:
        case(f"category/png-as-{category}.png", png(), wrong, category=category)
    for name, content in [("png-named.jpg", png()), ("png-named.gif", png()), ("png-named.mp4", png()), ("gif-named.png", gif(9, 9, [frame()] * 2)), ("png-named.srt", png())]:
        case(f"names/{name}", content, warnings="extension-mismatch")
    for name in ("upper.PNG", "mixed.Png", "two.jpg.png", "no-extension", "ends-in-a-dot.", ".png"):
        case(f"names/{name}", png(), may=["extension-mismatch"] if name in (".png", "ends-in-a-dot.") else [])
    case("names/gif-named.GIF", gif(9, 9, [frame()] * 2))


# --- JPEG --------------------------------------------------------------------------------------------------------------


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


QUANT = segment(0xDB, b"\0" + bytes([1] * 64))
DC_TABLE = segment(0xC4, b"\0" + bytes([0, 1] + [0] * 14) + b"\0")  # one code of two bits, 00: category 0
AC_TABLE = segment(0xC4, b"\x10" + bytes([0, 1] + [0] * 14) + b"\0")  # one code of two bits, 00: end of block
JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def jpeg(width=16, height=16, components=1, app=JFIF, sof=0xC0, before_sof=b"", fill=b"", end=b"\xff\xd9", restart=False, height_in_sof=None):
    """Grey all over: every block is two codes of two bits."""
    frame_head = struct.pack(">BHHB", 8, height if height_in_sof is None else height_in_sof, width, components)
    frame_head += b"".join(bytes([n + 1, 0x11, 0]) for n in range(components))
    scan_head = bytes([components]) + b"".join(bytes([n + 1, 0]) for n in range(components)) + b"\0\x3f\0"
    blocks = -(-width // 8) * -(-height // 8) * components
    data = bytes(blocks // 2) + (b"\x0f" if blocks % 2 else b"")
    return b"\xff\xd8" + app + fill + QUANT + before_sof + segment(sof, frame_head) + fill + DC_TABLE + AC_TABLE + segment(0xDA, scan_head) + data + end


def comments(total):
    """COM segments of exactly so many bytes."""
    out = []
    while total:
        size = total if total <= 65537 else min(65537, total - 4)
        out.append(segment(0xFE, b"." * (size - 4)))
        total -= size
    return b"".join(out)


def exif(orientation, little=False, thumbnail=b""):
    order = "<" if little else ">"
    ifd0 = struct.pack(order + "HHHIHHI", 1, 0x112, 3, 1, orientation, 0, 26 if thumbnail else 0)
    tiff = (b"II*\0" if little else b"MM\0*") + struct.pack(order + "I", 8) + ifd0
    if thumbnail:
        tiff += struct.pack(order + "HHHIIHHIII", 2, 0x201, 4, 1, 56, 0x202, 4, 1, len(thumbnail), 0) + thumbnail
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpegs():
    for width, height, warned in [(16, 16, False), (17, 33, False), (4, 4, False), (3, 3, True), (8192, 8192, False), (8193, 16, True), (16, 8193, True)]:
        case(f"image/{width}x{height}.jpg", jpeg(width, height), warnings=["image-dimensions"] if warned else [],
             facts={"dimensions": f"{width}x{height}", "media_type": "image/jpeg"})
    base = len(jpeg())
    case("image/5-mib.jpg", jpeg(before_sof=comments(5 * MIB - base)), facts={"size": 5 * MIB, "dimensions": "16x16"})
    case("image/5-mib-and-a-byte.jpg", jpeg(before_sof=comments(5 * MIB + 1 - base)), "file-too-large")
    case("image/colour.jpg", jpeg(components=3), facts={"dimensions": "16x16"})
    case("image/four-components.jpg", jpeg(components=4), facts={"dimensions": "16x16"})
    case("image/fill-bytes.jpg", jpeg(fill=b"\xff" * 5), facts={"dimensions": "16x16"}, why="any number of 0xFF may precede a marker")
    case("image/no-app-segment.jpg", jpeg(app=b""), facts={"dimensions": "16x16"})
    for value in (1, 3, 6, 8):
        case(f"image/orientation-{value}.jpg", jpeg(20, 10, app=exif(value)), facts={"orientation": value, "dimensions": "20x10"})
    case("image/orientation-6-little-endian.jpg", jpeg(20, 10, app=JFIF + exif(6, little=True)), facts={"orientation": 6})
    case("image/orientation-9.jpg", jpeg(20, 10, app=exif(9)), facts={"dimensions": "20x10"}, why="not a value of Exif; every reader ignores it")
    case("image/thumbnail.jpg", jpeg(20, 10, app=exif(1, thumbnail=jpeg(3, 3, app=b""))), facts={"dimensions": "20x10"},
         why="the thumbnail's 3x3 must not be taken for the image's")
    case("image/thumbnail-of-8193.jpg", jpeg(20, 10, app=exif(1, thumbnail=jpeg(8193, 8, app=b""))), facts={"dimensions": "20x10"})
    case("image/markers-in-a-comment.jpg", jpeg(before_sof=segment(0xFE, segment(0xC0, struct.pack(">BHHB", 8, 3, 3, 1) + b"\1\x11\0"))), facts={"dimensions": "16x16"})
    case("image/photoshop-segment.jpg", jpeg(app=JFIF + segment(0xED, b"Photoshop 3.0\0" + bytes(100)) + segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(200))), facts={"dimensions": "16x16"})
    case("image/junk-behind-eoi.jpg", jpeg() + b"trailing bytes of a phone's maker" * 9)
    case("image/another-image-behind.jpg", jpeg() + jpeg(3, 3), facts={"dimensions": "16x16"})
    case("image/named.jpeg", jpeg())
    case("image/named.JPG", jpeg())
    whole = jpeg(64, 64, app=JFIF + exif(1))
    case("image/cut-in-a-segment.jpg", whole[:40], "truncated-file", undecided=None)
    case("image/cut-in-sof.jpg", whole[: whole.index(b"\xff\xc0") + 7], "truncated-file", undecided=None)
    case("image/cut-before-sof.jpg", whole[: whole.index(b"\xff\xc0")], "truncated-file", undecided=None, may=["malformed-file"])
    case("image/soi-alone.jpg", b"\xff\xd8\xff", verdict="fail", errors=[], undecided=None, may=["truncated-file", "malformed-file", "unsupported-type"],
         why="fails; by which rule is not scored")
    case("names/jpeg-named.png", jpeg(), warnings="extension-mismatch")
    case("category/jpeg-as-tweet_gif.jpg", jpeg(), "category-mismatch", category="tweet_gif")


# --- WebP: the lossless and lossy pictures come from ffmpeg's encoder, see cases_encoded ------------------------------


def riff(*chunks, size=None):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def webp_chunk(kind, body):
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def vp8x(width, height, flags=0):
    return webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


# --- Captions ----------------------------------------------------------------------------------------------------------


def captions():
    cue = lambda n, a, b, text="Words.": f"{n}\n{a} --> {b}\n{text}\n"
    first, second = cue(1, "00:00:00,000", "00:00:01,500"), cue(2, "00:00:01,500", "00:00:03,000")
    good = first + "\n" + second
    syntax, order, encoding = "subtitle-syntax", "subtitle-order", "subtitle-encoding"
    t = lambda text: text.encode()
    for name, content, wrong, warnings in [
        ("two-cues", t(good), (), []), ("byte-order-mark", b"\xef\xbb\xbf" + t(good), (), []), ("crlf", t(good.replace("\n", "\r\n")), (), []),
        ("no-newline-at-end", t(good.rstrip("\n")), (), []), ("blank-lines-at-end", t(good + "\n\n\n"), (), []), ("blank-lines-between", t(first + "\n\n\n" + second), (), []),
        ("two-lines-of-text", t(cue(1, "00:00:00,000", "00:00:01,000", "One.\nTwo.")), (), []), ("tags", t(cue(1, "00:00:00,000", "00:00:01,000", "<i>One</i>")), (), []),
        ("other-scripts", t(cue(1, "00:00:00,000", "00:00:01,000", "字幕 𝄞 ü")), (), []), ("hour-99", t(cue(1, "99:59:58,000", "99:59:59,999")), (), []),
        ("utf-16-little-endian", good.encode("utf-16"), encoding, []), ("utf-16-big-endian", b"\xfe\xff" + good.encode("utf-16-be"), encoding, []),
        ("utf-16-without-a-mark", good.encode("utf-16-le"), encoding, []),
        ("latin-1", cue(1, "00:00:00,000", "00:00:01,000", "Grüße").encode("latin-1"), encoding, []),
        ("windows-1252", cue(1, "00:00:00,000", "00:00:01,000", "“Grüße” – 5 €").encode("cp1252"), encoding, []),
        ("no-number", t("00:00:00,000 --> 00:00:01,000\nWords.\n"), syntax, []), ("number-of-letters", t(good.replace("2\n", "two\n", 1)), syntax, []),
        ("second-without-number", t(first + "\n00:00:01,500 --> 00:00:03,000\nWords.\n"), syntax, []),
        ("number-skipped", t(first + "\n" + cue(3, "00:00:02,000", "00:00:03,000")), syntax, []),
        ("dot-for-comma", t(good.replace(",", ".")), syntax, []), ("arrow-of-one-dash", t(good.replace("-->", "->")), syntax, []),
        ("minute-60", t(cue(1, "00:60:00,000", "00:60:01,000")), syntax, []), ("second-60", t(cue(1, "00:00:60,000", "00:01:01,000")), syntax, []),
        ("no-text", t("1\n00:00:00,000 --> 00:00:01,000\n\n" + second), syntax, []), ("last-without-text", t(first + "\n2\n00:00:02,000 --> 00:00:03,000\n"), syntax, []),
        ("letters-in-times", t(good.replace("00:00:03,000", "00:00:ab,000")), syntax, []), ("no-end-time", t(good.replace(" --> 00:00:03,000", " -->")), syntax, []),
        ("end-before-start", t(cue(1, "00:00:02,000", "00:00:01,000")), order, []),
        ("out-of-order", t(cue(1, "00:00:05,000", "00:00:06,000") + "\n" + cue(2, "00:00:01,000", "00:00:02,000")), (), [order]),
        ("overlapping", t(first + "\n" + cue(2, "00:00:01,499", "00:00:03,000")), (), [order]), ("touching", t(good), (), []),
        ("two-faults", t(cue(1, "00:00:02,000", "00:00:01,000") + "\n" + "2\n00:00:03,000 -> 00:00:04,000\nWords.\n"), [order, syntax], []),
    ]:
        case(f"captions/{name}.srt", content, wrong, warnings=warnings, may=[order] if order in warnings or wrong else [],
             facts={"cues": 2} if name in ("two-cues", "crlf", "touching") else {}, undecided=None if wrong else [])
    vtt = t("WEBVTT\n\n00:00.000 --> 00:01.000\nWords.\n")
    case("captions/webvtt.srt", vtt, "subtitle-type", may=["extension-mismatch"])
    case("captions/webvtt-given-as-subtitles.vtt", vtt, "subtitle-type", category="subtitles")
    case("captions/webvtt-with-a-mark.srt", b"\xef\xbb\xbf" + vtt, "subtitle-type", may=["extension-mismatch"])
    many = "\n".join(cue(n, f"00:{n // 60:02}:{n % 60:02},000", f"00:{n // 60:02}:{n % 60:02},900") for n in range(1, 2001))
    case("captions/2000-cues.srt", t(many), facts={"cues": 2000})
    for category, wrong in [("subtitles", ()), ("tweet_video", "category-mismatch"), ("tweet_image", "category-mismatch")]:
        case(f"category/srt-as-{category}.srt", t(good), wrong, category=category)
    case("names/srt-named.txt", t(good), may="extension-mismatch", why="text it is: not scored")


def all_cases():
    gifs()
    pngs()
    jpegs()
    captions()
