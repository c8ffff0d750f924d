"""Makes GIFs, images and captions with faults, has the program mend them, and looks at the results with other eyes: ffmpeg, ffprobe,
and readers of our own.

usage: stills.py PROGRAM FOLDER
"""

import json
import pathlib
import struct
import subprocess
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLOURS = [(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)]
WHITE = (255, 255, 255)
# So that small files are too large: a pack whose images have at most 40 KiB, and whose GIFs have as many.
SMALL = 40 << 10


def run(*words, status=None):
    done = subprocess.run([str(word) for word in words], capture_output=True)
    text = (done.stdout + done.stderr).decode(errors="replace")
    if status is not None and done.returncode != status:
        raise AssertionError(f"{' '.join(map(str, words))}: status {done.returncode}, not {status}: {text[-900:]}")
    return done.returncode, text, done.stdout


def expect(is_true, what):
    if not is_true:
        raise AssertionError(what)


# Writers


def lzw(pixels, code_size):
    """Image data of a GIF: a clear code often enough that codes never grow."""
    clear, out, bits, count = 1 << code_size, bytearray(), 0, 0
    codes = []
    for at, pixel in enumerate(pixels):
        if at % (clear - 2) == 0:
            codes.append(clear)
        codes.append(pixel)
    for code in codes + [clear + 1]:
        bits |= code << count
        count += code_size + 1
        while count >= 8:
            out.append(bits & 255)
            bits, count = bits >> 8, count - 8
    out.append(bits & 255)
    blocks = b"".join(bytes([len(out[at:at + 255])]) + out[at:at + 255] for at in range(0, len(out), 255))
    return bytes([code_size]) + blocks + b"\0"


def gif(size, frames, loops=0):
    """Frames are tuples: delay, colour, and optionally a box and a disposal; colour 0 is transparent in those with a box."""
    width, height = size
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x81, 0, 0) + b"".join(map(bytes, COLOURS))
    if loops is not None:
        out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loops) + b"\0"
    for delay, colour, *more in frames:
        left, top, right, bottom = more[0] if more else (0, 0, width, height)
        disposal = more[1] if len(more) > 1 else 1
        out += b"\x21\xf9\x04" + struct.pack("<BHBB", disposal << 2 | bool(more), delay, 0, 0)
        out += b"\x2c" + struct.pack("<HHHHB", left, top, right - left, bottom - top, 0)
        out += lzw(bytes([colour]) * ((right - left) * (bottom - top)), 4)
    return out + b";"


def tiff(pages, orientation=1, photometric=2, samples=3, extra=None):
    """Uncompressed pages of 24x16 pixels, each made by a function of x and y."""
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for pixel in pages:
        strip = len(out)
        out += b"".join(bytes(pixel(x, y)) for y in range(16) for x in range(24))
        bits = len(out)
        out += struct.pack("<4H", 8, 8, 8, 8)
        tags = [(256, 3, 1, 24), (257, 3, 1, 16), (258, 3, samples, bits), (259, 3, 1, 1), (262, 3, 1, photometric),
                (273, 4, 1, strip), (274, 3, 1, orientation), (277, 3, 1, samples), (278, 3, 1, 16),
                (279, 4, 1, 24 * 16 * samples)] + ([(338, 3, 1, extra)] if extra is not None else [])
        out[link:link + 4] = struct.pack("<I", len(out))
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        link = len(out)
        out += b"\0\0\0\0"
    return bytes(out)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def quadrants(x, y):
    """Red and green above, blue and white below."""
    return [COLOURS[1], COLOURS[2], COLOURS[3], WHITE][(x >= 12) + 2 * (y >= 8)]


# Which quadrants are seen where, by the Exif orientation: above left, above right, below left, below right.
TURNED = {1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb"}


# Readers


def pixels(path, *filters):
    """Size and RGB bytes of all frames."""
    size = json.loads(run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "json",
                          path, status=0)[1])["streams"][0]
    chain = ",".join([*filters, "format=rgb24"])
    data = run("ffmpeg", "-v", "error", "-noautorotate", "-i", path, "-vf", chain, "-fps_mode", "passthrough", "-f", "rawvideo", "-",
               status=0)[2]
    return (size["width"], size["height"]), data


def near(a, b, slack=12):
    return all(abs(x - y) <= slack for x, y in zip(a, b))


def at(size, data, frame, x, y):
    start = ((frame * size[1] + y) * size[0] + x) * 3
    return tuple(data[start:start + 3])


def shown(delay):
    """As browsers show it."""
    return delay if delay >= 2 else 10


def gif_delays(path):
    data, at_, delays, control = path.read_bytes(), 13, [], 0
    at_ += 3 << (data[10] & 7) + 1 if data[10] & 128 else 0

    def behind(place):
        while data[place]:
            place += data[place] + 1
        return place + 1

    while data[at_] != 0x3b:
        if data[at_] == 0x21:
            if data[at_ + 1] == 0xf9:
                control = struct.unpack("<H", data[at_ + 4:at_ + 6])[0]
            at_ = behind(at_ + 2)
        else:
            packed = data[at_ + 9]
            at_ = behind(at_ + 10 + (3 << (packed & 7) + 1 if packed & 128 else 0) + 1)
            delays.append(control)
    return delays


class Desk:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        pack = (ROOT / "profiles/twitter.toml").read_text().replace('name = "twitter"', 'name = "small"', 1)
        for category in ("tweet_image", "tweet_gif"):
            head, mark, rest = pack.partition(f"[limits.file-too-large.{category}]\n")
            lines = rest.split("\n", 2)
            pack = head + mark + f'value = {SMALL >> 10}\nunit = "KiB"\n' + lines[2]
        self.pack = folder / "small.toml"
        self.pack.write_text(pack)

    def put(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def fix(self, path, extension, *options, status=0):
        result = path.with_name(f"{path.stem}.fixed.{extension}")
        result.unlink(missing_ok=True)
        text = run(self.program, "fix", path, *options, status=status)[1]
        expect(result.exists() == (status == 0), f"{result} is there only if it was mended: {text}")
        return result, text


# Cases


def film_of_gif(desk, name, size, frames, whole, plays=1, borders=None):
    """A film of a GIF has every frame at its time, and its colour in the middle."""
    path = desk.put(f"{name}.gif", gif(size, frames))
    result, _ = desk.fix(path, "mp4", "--gif-as", "video")
    run(desk.program, "check", "--category", "tweet_video", result, status=0)
    told = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-show_packets", "-of", "json", result, status=0)[1])
    expect(len(told["streams"]) == 1, "there is no sound")
    video = told["streams"][0]
    for field, value in [("codec_name", "h264"), ("profile", "High"), ("pix_fmt", "yuv420p"), ("width", whole[0]), ("height", whole[1]),
                         ("sample_aspect_ratio", "1:1"), ("color_space", "bt709"), ("time_base", "1/100")]:
        expect(video[field] == value, f"{field} is {video[field]}, not {value}")
    delays = [shown(delay) for delay, *_ in frames] * plays
    times = [sum(delays[:index]) for index in range(len(delays))]
    expect([packet["pts"] for packet in told["packets"]] == times, f"times are {[packet['pts'] for packet in told['packets']]}")
    expect(abs(float(video["duration"]) - sum(delays) / 100) < 1e-6, f"it lasts {video['duration']}")
    data = result.read_bytes()
    expect(data.index(b"moov") < data.index(b"mdat"), "moov stands behind mdat")
    shown_size, colours = pixels(result)
    for index, (_, colour, *more) in enumerate(frames):
        centre = at(shown_size, colours, index, whole[0] // 2, whole[1] // 2)
        expect(near(centre, COLOURS[colour], 24), f"frame {index} is {centre}, not {COLOURS[colour]}")
        if more:
            corner = at(shown_size, colours, index, 1, 1)
            expect(near(corner, WHITE, 24), f"what is transparent in frame {index} is {corner}")
        elif borders is None:
            corner = at(shown_size, colours, index, whole[0] - 1, whole[1] - 1)
            expect(near(corner, COLOURS[colour], 24), f"the last pixel of frame {index} is {corner}")
    status, text, _ = run(desk.program, "compare", path, result, "--format", "json")
    failed = {row["row"] for row in json.loads(text)["rows"] if row["verdict"] == "fail" and row["severity"] == "error"}
    meant = set() if plays == 1 else {"duration"}
    expect(failed <= meant | (borders or set()), f"compare fails in {failed}")


def fewer_frames(desk):
    path = desk.put("many.gif", gif((40, 30), [(delay, 1 + index % 3) for index, delay in enumerate([0, 3, 5] * 134)]))
    result, _ = desk.fix(path, "gif")
    before, after = gif_delays(path), gif_delays(result)
    expect(len(after) == 350, f"{len(after)} frames")
    expect(sum(map(shown, before)) == sum(map(shown, after)), "it lasts as long as browsers show it")
    # Far more frames than a GIF may have make a film, unless a GIF is asked for.
    path = desk.put("far-more.gif", gif((40, 30), [(4, 1 + index % 3) for index in range(900)]))
    desk.fix(path, "mp4")
    desk.fix(path, "gif", "--gif-as", "gif")
    desk.fix(path, "gif", "--category", "tweet_gif", "--overwrite")


def noise(count):
    """Bytes that nothing compresses; the same in every run."""
    state, out = 1, bytearray()
    while len(out) < count:
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        out += struct.pack("<Q", state ^ state >> 33)
    return bytes(out[:count])


def without_metadata(desk):
    junk = noise(60 << 10)
    sources = {}
    for extension, more in (("jpg", ["-q:v", "3"]), ("png", []), ("webp", ["-c:v", "libwebp", "-quality", "80"])):
        path = desk.folder / f"plain.{extension}"
        run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=160x90", "-frames:v", "1", *more, path, status=0)
        sources[extension] = path.read_bytes()
    jpeg, png, webp = sources["jpg"], sources["png"], sources["webp"]
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    segments = [b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data for data in (exif, b"http://ns.adobe.com/xap/1.0/\0" + junk[:50000])]
    riff = webp[12:] + b"XMP " + struct.pack("<I", len(junk)) + junk
    cases = {
        "behind.jpg": jpeg + junk,
        "before.jpg": jpeg[:2] + b"".join(segments) + jpeg[2:],
        "text.png": png[:33] + chunk(b"tEXt", b"Comment\0" + junk.replace(b"\0", b"0")) + png[33:],
        "behind.png": png + junk,
        "xmp.webp": b"RIFF" + struct.pack("<I", len(riff) + 4 + 18) + b"WEBPVP8X\x0a\0\0\0\x04\0\0\0" + struct.pack("<I", 159)[:3]
                    + struct.pack("<I", 89)[:3] + riff,
        "behind.gif": gif((40, 30), [(10, 1), (10, 2)]) + junk,
    }
    for name, data in cases.items():
        path = desk.put(name, data)
        run(desk.program, "check", "--pack", desk.pack, path, status=1)
        result, text = desk.fix(path, path.suffix[1:], "--safe-only", "--pack", desk.pack)
        expect("byte for byte" in text, text)
        expect(pixels(path) == pixels(result), f"{name} has other pixels")
        expect(len(result.read_bytes()) <= len(data) - 49000, f"{name} is still large")
        # The rest of the file is what it was.
        if name == "behind.jpg":
            scan = jpeg.index(b"\xff\xda")
            expect(result.read_bytes().endswith(jpeg[scan:]), "the scan is another")
        if name == "before.jpg":
            facts = json.loads(run(desk.program, "facts", "--format", "json", result, status=0)[1])
            expect('"orientation"' in json.dumps(facts) and "6" in json.dumps(facts), "the orientation is gone")


def turned_images(desk):
    letters = {"r": COLOURS[1], "g": COLOURS[2], "b": COLOURS[3], "w": WHITE}

    def corners(path, orientation, width, height, slack):
        size, data = pixels(path)
        expect(size == ((height, width) if orientation >= 5 else (width, height)), f"{path.name} is {size}")
        x, y = size[0] // 4, size[1] // 4
        found = [at(size, data, 0, *place) for place in ((x, y), (3 * x, y), (x, 3 * y), (3 * x, 3 * y))]
        wanted = [letters[letter] for letter in TURNED[orientation]]
        expect(all(near(a, b, slack) for a, b in zip(found, wanted)), f"{path.name} shows {found}, not {wanted}")

    for orientation in TURNED:
        path = desk.put(f"turned-{orientation}.tif", tiff([quadrants], orientation))
        result, text = desk.fix(path, "png", "--safe-only")
        expect("compared with the source: the same" in text, text)
        corners(result, orientation, 24, 16, 0)
    # A JPEG that is too large for its pack: noise over the colours makes it so.
    raw = bytes(min(255, max(0, channel + (value % 64) - 32)) for (y, x), value in
                zip(((y, x) for y in range(240) for x in range(360)), noise(360 * 240)) for channel in quadrants(x // 15, y // 15))
    plain = desk.folder / "noise.jpg"
    source = desk.put("noise.rgb", raw)
    run("ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "360x240", "-i", source, "-q:v", "1", "-qmin", "1",
        "-pix_fmt", "yuvj444p", plain, status=0)
    jpeg = plain.read_bytes()
    expect(len(jpeg) > SMALL, f"{len(jpeg)} bytes are too few for the test")
    for orientation in TURNED:
        exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation]) + b"\0\0\0\0\0\0\0"
        path = desk.put(f"turned-{orientation}.jpg", jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
        result, _ = desk.fix(path, "jpg", "--pack", desk.pack)
        expect(result.stat().st_size <= SMALL, "it fits")
        corners(result, orientation, 360, 240, 60)


def other_tiffs(desk):
    result, text = desk.fix(desk.put("pages.tif", tiff([quadrants, lambda x, y: COLOURS[0]])), "png")
    expect("has 2 pictures, and only the first" in text, text)
    size, data = pixels(result)
    expect(at(size, data, 0, 2, 2) == COLOURS[1], "the first page is written")
    # 5 is CMYK: no ink is white, and all of the last is black.
    ink = lambda x, y: (0, 255, 255, 0) if y < 8 else (0, 0, 0, 255)
    result, text = desk.fix(desk.put("ink.tif", tiff([ink], photometric=5, samples=4)), "png")
    expect("(CMYK) are converted" in text, text)
    size, data = pixels(result)
    expect((at(size, data, 0, 2, 2), at(size, data, 0, 2, 12)) == (COLOURS[1], COLOURS[0]), "red above, and black below")
    # Multiplied by its alpha, a half of red is a red that is seen by half.
    half = lambda x, y: (128, 0, 0, 128)
    result, _ = desk.fix(desk.put("half.tif", tiff([half], samples=4, extra=1)), "png")
    size, data = pixels(result)
    expect(at(size, data, 0, 2, 2) == COLOURS[1], f"it is {at(size, data, 0, 2, 2)}")
    desk.fix(desk.put("pages-again.tif", tiff([quadrants, quadrants])), "png", "--safe-only", status=1)


def captions(desk):
    cue = "1\n00:00:01,000 --> 00:00:02,000\n{}\n\n"
    texts = {
        "utf-16-le": "Ärger – ça va", "utf-16-be": "Ärger – ça va", "cp1252": "Où est l’été – “là-bas”", "cp1251": "Привет, мир",
        "shift_jis": "こんにちは世界", "koi8-r": "Съешь ещё этих булок",
    }
    for encoding, text in texts.items():
        for bom in (b"", "\ufeff".encode(encoding)) if encoding.startswith("utf") else (b"",):
            path = desk.put(f"{encoding}{len(bom)}.srt", bom + cue.format(text).encode(encoding))
            result, _ = desk.fix(path, "srt")
            expect(result.read_text("utf-8") == cue.format(text), f"{encoding} became {result.read_text('utf-8')!r}")
    two = "1\r\n00:00:03,000 --> 00:00:04,000\r\nB\r\n\r\n\r\n9\r\n00:00:01,000 --> 00:00:02,000\r\nA\r\n"
    result, _ = desk.fix(desk.put("order.srt", two.encode()), "srt", "--safe-only")
    expect(result.read_text() == "1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:03,000 --> 00:00:04,000\nB\n\n", result.read_text())
    empty = cue.format("") + "2\n00:00:03,000 --> 00:00:04,000\nB\n"
    result, _ = desk.fix(desk.put("empty.srt", empty.encode()), "srt")
    expect(result.read_text() == "1\n00:00:03,000 --> 00:00:04,000\nB\n\n", result.read_text())
    for name, text in {"before": cue.replace("02,000", "00,500").format("A"), "short": "1\n00:00:01,5 --> 00:00:02,5\nA\n"}.items():
        desk.fix(desk.put(f"{name}.srt", text.encode()), "srt", status=1)


CASES = {
    "uneven": lambda desk: film_of_gif(desk, "uneven", (64, 48), [(3, 1), (4, 2), (50, 3), (0, 1), (1, 2), (120, 3)], (64, 48)),
    "odd": lambda desk: film_of_gif(desk, "odd", (65, 49), [(30, 1), (30, 2)], (66, 50)),
    "short": lambda desk: film_of_gif(desk, "short", (64, 48), [(3, 1), (7, 2)], (64, 48), plays=5),
    "tiny": lambda desk: film_of_gif(desk, "tiny", (16, 16), [(30, 1), (30, 2)], (32, 32), borders={"upscaling"}),
    "large": lambda desk: film_of_gif(desk, "large", (2001, 1001), [(30, 1), (30, 2)], (1280, 640)),
    "wide": lambda desk: film_of_gif(desk, "wide", (400, 100), [(30, 1), (30, 2)], (400, 134), borders={"display-aspect", "upscaling"}),
    "transparent": lambda desk: film_of_gif(
        desk, "transparent", (64, 48), [(30, 1, (20, 10, 44, 38), 2), (30, 2, (20, 10, 44, 38), 3), (30, 3, (20, 10, 44, 38), 1)], (64, 48)),
    "fewer frames": fewer_frames,
    "metadata": without_metadata,
    "turned": turned_images,
    "tiff": other_tiffs,
    "captions": captions,
}


def main():
    desk = Desk(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
    failed = 0
    for name, case in CASES.items():
        try:
            case(desk)
        except AssertionError as fault:
            failed += 1
            print(f"{name}: {fault}")
    print(f"stills: {len(CASES) - failed} of {len(CASES)} hold")
    return 1 if failed else 0


sys.exit(main())
