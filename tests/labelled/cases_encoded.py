"""Files that real encoders write: ffmpeg 5.1 and x264 as Debian 12 ships them."""

import functools
import os
import subprocess
import tempfile

import aac
from cases import case
from cases_pictures import riff, vp8x, webp_chunk
from cases_video import clip
from mp4 import movie

EXACT = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"]


@functools.lru_cache(maxsize=None)
def ffmpeg(*arguments, suffix=".mp4"):
    """The bytes that one run of ffmpeg writes."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "out" + suffix)
        run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments, out])
        with open(out, "rb") as f:
            return f.read()


def run(command):
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr}")


def picture(size="64x64", rate="30", seconds="1"):
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def x264(*options, params="", pix_fmt="yuv420p"):
    profile = ["-profile:v", "high"] if pix_fmt == "yuv420p" else []
    return ["-c:v", "libx264", "-preset", "ultrafast", *profile,
            "-x264-params", ":".join(["8x8dct=1", *([params] if params else [])]), "-pix_fmt", pix_fmt, *options, *EXACT]


def encoded(path, arguments, *rules, suffix=None, **more):
    suffix = suffix or os.path.splitext(path)[1]

    def write(target):
        with open(target, "wb") as f:
            f.write(ffmpeg(*arguments, suffix=suffix))

    case(path, write, *rules, **more)


def derived(path, arguments, change, *rules, suffix=".mp4", **more):
    """What `change` makes of the bytes that ffmpeg wrote."""

    def write(target):
        with open(target, "wb") as f:
            f.write(change(ffmpeg(*arguments, suffix=suffix)))

    case(path, write, *rules, **more)


def videos():
    opened = "open-gop=1:keyint=12:min-keyint=12:b-adapt=0:scenecut=0"  # 12 frames end in leading B with 1, 2 and 3 of them
    lies = {"may": ["sync-table-lies"]}
    for name, params in [("2-b", "bframes=2"), ("3-b-pyramid", "bframes=3:b-pyramid=normal:ref=4"), ("3-b-strict-pyramid", "bframes=3:b-pyramid=strict:ref=4"),
                         ("1-b", "bframes=1"), ("4-slices", "bframes=2:slices=4"), ("delimiters", "bframes=2:aud=1"), ("cabac", "bframes=2:cabac=1"), ("hrd", "bframes=2:nal-hrd=vbr:vbv-maxrate=500:vbv-bufsize=500")]:
        encoded(f"x264/open-gop-{name}.mp4", picture() + x264(params=f"{opened}:{params}"), "open-gop", **lies)
        encoded(f"x264/closed-gop-{name}.mp4", picture() + x264(params=f"{opened}:{params}".replace("open-gop=1", "open-gop=0")), facts={"open_gops": 0, "longest_gop": 12})
    # what makes parameter sets and slice headers long: scaling lists, weights, reference lists, identifiers
    for name, params in [("scaling-lists", "cqm=jvt"), ("weights", "weightp=2:ref=8:bframes=3:weightb=1"), ("16-references", "ref=16:bframes=4:b-pyramid=normal"), ("ids", "sps-id=7:stitchable=1"),
                         ("constant-rate", "nal-hrd=cbr:bitrate=300:vbv-maxrate=300:vbv-bufsize=300:filler=1"), ("bluray", "bluray-compat=1:slices=4:bframes=3:b-pyramid=strict"), ("lossless-like", "qp=4"), ("trellis", "trellis=2:subme=9:direct=auto:bframes=3")]:
        for kind, wrong in (("open", "open-gop"), ("closed", ())):
            flag = opened if kind == "open" else opened.replace("open-gop=1", "open-gop=0")
            encoded(f"x264/{kind}-{name}.mp4", picture() + x264(params=f"{flag}:{params}" + ("" if "bframes" in params else ":bframes=2")), wrong, may=["sync-table-lies"],
                    facts={} if wrong else {"open_gops": 0, "longest_gop": 12})
    encoded("x264/444-with-scaling-lists.mp4", picture() + x264(pix_fmt="yuv444p", params="cqm=jvt"), "chroma-not-420", warnings="video-profile", facts={"dimensions": "64x64"})
    encoded("x264/open-gop-without-b.mp4", picture() + x264(params=f"{opened}:bframes=0"), **lies, facts={"open_gops": 0}, why="asked for, but nothing precedes")
    encoded("x264/open-gop.mov", picture() + x264(params=f"{opened}:bframes=2"), "open-gop", **lies)
    encoded("x264/open-gop-in-fragments.mp4", picture() + x264("-movflags", "+frag_keyframe+empty_moov", params=f"{opened}:bframes=2"), "open-gop", warnings="fragmented", **lies)
    encoded("x264/open-gop-in-dash.mp4", picture() + x264("-movflags", "+dash+frag_keyframe+global_sidx", params=f"{opened}:bframes=2"), "open-gop", warnings="fragmented", **lies)
    cuts = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=30:duration=1", "-f", "lavfi", "-i", "mandelbrot=size=64x64:rate=30,trim=duration=1",
            "-f", "lavfi", "-i", "rgbtestsrc=size=64x64:rate=30:duration=1", "-filter_complex", "[0][1][2]concat=n=3"]
    encoded("x264/scene-cuts-that-are-not-idr.mp4", cuts + x264(params="keyint=250:min-keyint=125:scenecut=60:bframes=3:rc-lookahead=20"), facts={"open_gops": 0, "longest_gop": 90})
    encoded("x264/scene-cuts-with-open-gop-of-250.mp4", cuts + x264(params="keyint=250:min-keyint=125:scenecut=60:bframes=3:rc-lookahead=20:open-gop=1"), facts={"open_gops": 0})
    encoded("x264/intra-refresh.mp4", picture() + x264(params="intra-refresh=1:keyint=10"), facts={"open_gops": 0}, may=["sync-table-lies"])
    encoded("x264/one-gop.mp4", picture(seconds="3") + x264(params="keyint=infinite"), facts={"open_gops": 0, "longest_gop": 90})

    def nine_and_one(target):
        with tempfile.TemporaryDirectory() as directory:
            for name, params in (("closed", "keyint=10:min-keyint=10:scenecut=0:bframes=2:b-adapt=0"), ("open", opened + ":bframes=2")):
                with open(os.path.join(directory, name + ".ts"), "wb") as f:
                    f.write(ffmpeg(*picture(), *x264(params=params), suffix=".ts"))
            listing = os.path.join(directory, "list.txt")
            with open(listing, "w") as f:
                f.write("".join(f"file '{directory}/{n}.ts'\n" for n in ["closed"] * 3 + ["open"]))
            run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", listing, "-c", "copy", *EXACT, target])

    case("x264/nine-closed-then-open.mp4", nine_and_one, "open-gop", may=["sync-table-lies", "frame-rate-peak"])

    remux = lambda rate, suffix: (picture(rate=rate, seconds="2") + x264(params="bframes=2"), suffix)

    def remuxed(path, source, *rules, options=(), **more):
        """A copy of the streams; only a copy takes a rotation from the options."""
        arguments, suffix = source

        def write(target):
            with tempfile.TemporaryDirectory() as directory:
                middle = os.path.join(directory, "in" + suffix)
                with open(middle, "wb") as f:
                    f.write(ffmpeg(*arguments, suffix=suffix))
                run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", middle, "-c", "copy", *EXACT, *options, target])

        case(path, write, *rules, **more)

    remuxed("x264/60-through-matroska.mp4", remux("60", ".mkv"), why="a clock of 1 ms makes 60.02 of 60")
    remuxed("x264/59.94-through-matroska.mp4", remux("60000/1001", ".mkv"))
    remuxed("x264/61-through-matroska.mp4", remux("61", ".mkv"), "frame-rate-too-high")
    remuxed("x264/60-through-transport-stream.mp4", remux("60", ".ts"))
    remuxed("x264/59.94-through-transport-stream.mp4", remux("60000/1001", ".ts"))
    for rate, wrong in [("30", ()), ("60", ()), ("60000/1001", ()), ("6001/100", "frame-rate-too-high"), ("61", "frame-rate-too-high"), ("24", ())]:
        encoded(f"x264/rate-{rate.replace('/', '-')}.mp4", picture(rate=rate) + x264(params="bframes=2"), wrong, facts={"frame_rate": rate})

    encoded("x264/tff.mp4", picture() + x264("-flags", "+ilme+ildct", params="tff=1"), "interlaced")
    encoded("x264/bff.mp4", picture() + x264("-flags", "+ilme+ildct", params="bff=1"), "interlaced")
    encoded("x264/tff-with-b.mov", picture() + x264("-flags", "+ilme+ildct", params="tff=1:bframes=3"), "interlaced")
    encoded("x264/fake-interlaced.mp4", picture() + x264(params="fake-interlaced=1"), warnings="interlaced", facts={"scan": "progressive-frames"})
    encoded("x264/pic-struct.mp4", picture() + x264(params="pic-struct=1"), facts={"scan": "progressive"})

    def pulldown(target):
        with tempfile.TemporaryDirectory() as directory:
            raw, stream = os.path.join(directory, "in.y4m"), os.path.join(directory, "out.264")
            run(["ffmpeg", "-nostdin", "-v", "error", "-y", *picture(rate="24"), "-pix_fmt", "yuv420p", raw])
            run(["x264", "--quiet", "--preset", "ultrafast", "--profile", "high", "--pulldown", "32", "--threads", "1", "-o", stream, raw])
            run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-r", "24", "-i", stream, "-c", "copy", *EXACT, target])

    case("x264/soft-telecine.mp4", pulldown, facts={"scan": "progressive"}, may=["video-profile"])

    for fmt, wrong, warnings, facts in [
        ("yuvj420p", (), [], {"chroma": "4:2:0"}), ("yuv422p", "chroma-not-420", ["video-profile"], {"chroma": "4:2:2"}), ("yuv444p", "chroma-not-420", ["video-profile"], {"chroma": "4:4:4"}),
        ("yuv420p10le", (), ["bit-depth", "video-profile"], {"bit_depth": 10}), ("yuv422p10le", "chroma-not-420", ["bit-depth", "video-profile"], {}), ("gray", "chroma-not-420", [], {"chroma": "monochrome"}),
    ]:
        encoded(f"x264/{fmt}.mp4", picture() + x264(pix_fmt=fmt), wrong, warnings=warnings, facts=facts, may=["video-profile"] if fmt in ("gray", "yuvj420p") else [])
    encoded("x264/rgb.mp4", picture() + ["-c:v", "libx264rgb", "-preset", "ultrafast", *EXACT], "chroma-not-420", warnings="video-profile", facts={"chroma": "RGB"})
    for profile in ("baseline", "main"):
        encoded(f"x264/{profile}.mp4", picture() + ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", profile, "-pix_fmt", "yuv420p", *EXACT], warnings="video-profile")
    for size, wrong in [("1280x720", ()), ("720x1280", ()), ("1280x1024", ()), ("1282x720", "dimensions-too-large"), ("30x32", "dimensions-too-small"), ("96x32", ()), ("98x32", "aspect-ratio"), ("1280x714", ())]:
        encoded(f"x264/{size}.mp4", picture(size, seconds="0.6") + x264("-crf", "45"), wrong, facts={"dimensions": size})
    encoded("x264/sar-4-3.mp4", picture() + ["-vf", "setsar=4/3"] + x264(), "pixel-aspect-ratio")
    encoded("x264/sar-by-metadata.mp4", picture() + x264("-bsf:v", "h264_metadata=sample_aspect_ratio=4/3"), may=["pixel-aspect-ratio"],
            why="the SPS says 4:3; ffmpeg writes the pasp of what it was told: 1:1, so that both disagree")
    encoded("x264/cropped-by-metadata.mp4", picture() + x264("-bsf:v", "h264_metadata=crop_right=4:crop_bottom=2"), facts={"dimensions": "60x62"})
    for degrees, shown in ((90, "32x64"), (180, "64x32"), (270, "32x64")):
        for kind in ("mp4", "mov"):
            remuxed(f"x264/turned-{degrees}.{kind}", (picture("64x32") + x264(), ".mp4"), options=("-metadata:s:v", f"rotate={degrees}"), facts={"displayed": shown})
    encoded("x264/timecode.mov", picture() + x264("-timecode", "01:00:00:00"), facts={"tracks": 2})
    encoded("x264/hinted.mp4", picture() + x264("-movflags", "+rtphint"), facts={"tracks": 2})
    encoded("x264/faststart.mp4", picture() + x264("-movflags", "+faststart"), facts={"moov_at_end": False})
    encoded("x264/fragments.mp4", picture() + x264("-movflags", "+frag_keyframe+empty_moov", "-g", "10"), warnings="fragmented", facts={"fragments": 3, "frames": 30})
    encoded("x264/fragments-without-empty-moov.mp4", picture() + x264("-movflags", "+frag_keyframe", "-g", "10"), warnings="fragmented", facts={"frames": 30})
    encoded("x264/fragments-with-default-base.mp4", picture() + x264("-movflags", "+frag_every_frame+empty_moov+default_base_moof"), warnings="fragmented", facts={"fragments": 30})
    encoded("x264/smooth-streaming.ismv", picture() + x264("-g", "10"), warnings="fragmented", suffix=".ismv", facts={"frames": 30})
    encoded("x264/negative-offsets.mp4", picture() + x264("-movflags", "+negative_cts_offsets", params="bframes=2"), facts={"frame_rate": "30"})
    encoded("x264/no-edit-list.mp4", picture() + x264("-use_editlist", "0", params="bframes=0"), facts={"duration": "1"})
    encoded("x264/3gp.3gp", picture() + x264(), suffix=".3gp", facts={"media_type": "video/mp4"})
    encoded("x264/ipod.m4v", picture() + x264("-f", "ipod"), suffix=".m4v")
    whole = picture() + x264("-movflags", "+faststart")
    for cut in (1, 500):
        derived(f"x264/{cut}-bytes-short.mp4", whole, lambda b, cut=cut: b[:-cut], "truncated-file", undecided=None)


def zoo():
    """Codecs that are not H.264; chroma, depth and profile of these are named where the container tells, and not scored."""
    loose = {"undecided": None, "may": ["chroma-not-420", "bit-depth", "video-profile", "interlaced", "open-gop", "gop-too-long", "sync-table-lies", "pixel-aspect-ratio"]}
    tiny = picture("64x64", seconds="0.6")
    table = [
        ("hevc-hvc1.mp4", ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-tag:v", "hvc1", "-x265-params", "log-level=error:pools=1"], "HEVC"),
        ("hevc-hev1.mp4", ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-tag:v", "hev1", "-x265-params", "log-level=error:pools=1"], "HEVC"),
        ("hevc-10-bit.mp4", ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-x265-params", "log-level=error:pools=1"], "HEVC"),
        ("vp9.mp4", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"], "VP9"),
        ("av1.mp4", ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"], "AV1"),
        ("mpeg-4-part-2.mp4", ["-c:v", "mpeg4"], "MPEG-4 part 2"), ("mpeg-4-part-2.mov", ["-c:v", "mpeg4"], "MPEG-4 part 2"), ("mpeg-2.mp4", ["-c:v", "mpeg2video"], "MPEG-2"),
        ("mpeg-1.mp4", ["-c:v", "mpeg1video"], None), ("motion-jpeg.mov", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], "Motion JPEG"), ("motion-jpeg.mp4", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], "Motion JPEG"),
        ("prores.mov", ["-c:v", "prores_ks", "-profile:v", "0"], "ProRes"), ("prores-4444.mov", ["-c:v", "prores_ks", "-profile:v", "4"], "ProRes"),
        ("animation.mov", ["-c:v", "qtrle"], None), ("png.mov", ["-c:v", "png"], None), ("raw.mov", ["-c:v", "rawvideo", "-pix_fmt", "rgb24"], None),
        ("cinepak.mov", ["-c:v", "cinepak"], None), ("jpeg-2000.mov", ["-c:v", "jpeg2000"], None), ("v210.mov", ["-c:v", "v210"], None),
    ]
    for name, options, codec in table:
        encoded(f"codecs/{name}", tiny + options + EXACT, "video-codec", facts={"codec": codec} if codec else {}, **loose)
    encoded("codecs/h263.mov", picture("128x96", "30000/1001", "0.6") + ["-c:v", "h263"] + EXACT, "video-codec", **loose)
    encoded("codecs/dnxhr.mov", picture("256x128", seconds="0.6") + ["-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p"] + EXACT, "video-codec", **loose)
    encoded("codecs/dv.mov", picture("720x576", "25", "0.6") + ["-c:v", "dvvideo", "-pix_fmt", "yuv420p"] + EXACT, "video-codec", **loose)

    both = picture(seconds="0.6") + ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=0.6,aformat=channel_layouts=stereo"] + x264()
    for name, options, codec in [
        ("mp3.mp4", ["-c:a", "libmp3lame"], "MP3"), ("mp3.mov", ["-c:a", "libmp3lame"], "MP3"), ("mp3-24-khz.mp4", ["-c:a", "libmp3lame", "-ar", "24000"], "MP3"), ("opus.mp4", ["-c:a", "libopus"], "Opus"),
        ("ac-3.mp4", ["-c:a", "ac3"], "AC-3"), ("e-ac-3.mp4", ["-c:a", "eac3"], "E-AC-3"), ("ac-3.mov", ["-c:a", "ac3"], "AC-3"), ("alac.mp4", ["-c:a", "alac"], "ALAC"), ("alac.mov", ["-c:a", "alac"], "ALAC"),
        ("flac.mp4", ["-c:a", "flac", "-strict", "-2"], "FLAC"), ("pcm-16-little.mov", ["-c:a", "pcm_s16le"], "PCM"), ("pcm-16-big.mov", ["-c:a", "pcm_s16be"], "PCM"), ("pcm-24.mov", ["-c:a", "pcm_s24le"], "PCM"),
        ("pcm-float.mov", ["-c:a", "pcm_f32le"], "PCM"), ("ima.mov", ["-c:a", "adpcm_ima_qt"], None), ("mu-law.mov", ["-c:a", "pcm_mulaw"], None), ("vorbis.mp4", ["-c:a", "libvorbis"], None),
    ]:
        encoded(f"codecs/{name}", both + options, "audio-codec", facts={"audio_codec": codec} if codec else {}, undecided=None)


SOUNDS = {
    "white-noise": "anoisesrc=color=white:seed=1:sample_rate={rate}:duration=1", "pink-noise": "anoisesrc=color=pink:seed=2:amplitude=0.4:sample_rate={rate}:duration=1",
    "tone": "sine=frequency=997:sample_rate={rate}:duration=1", "chirp": "aevalsrc=0.6*sin(2*PI*(100*t+3000*t*t)):sample_rate={rate}:duration=1",
    "clicks": "aevalsrc=if(lt(mod(t\\,0.07)\\,0.002)\\,0.9*sin(9000*t)\\,0.001*sin(500*t)):sample_rate={rate}:duration=1",
}


def sounds():
    """AAC of every look: nothing in it may be taken for SBR, and SBR put into it must be found."""
    for sound, source in SOUNDS.items():
        for rate, layout, bits, extra in [(24000, "mono", "32k", ()), (24000, "stereo", "48k", ()), (44100, "stereo", "128k", ()), (48000, "stereo", "256k", ("-aac_coder", "fast")), (22050, "mono", "24k", ()), (32000, "stereo", "64k", ("-aac_pns", "0", "-aac_is", "0"))]:
            tones = ["-f", "lavfi", "-i", source.format(rate=rate) + (",aformat=sample_fmts=fltp:channel_layouts=mono,asplit[a][b];[b]adelay=3,volume=0.7[c];[a][c]join=inputs=2:channel_layout=stereo" if layout == "stereo" else "")]
            options = [*tones, "-c:a", "aac", "-b:a", bits, "-ac", "2" if layout == "stereo" else "1", *extra, *EXACT]
            name = f"{sound}-{rate}-{layout}"
            channels = 2 if layout == "stereo" else 1

            def write(target, options=tuple(options), rate=rate, channels=channels, change=None):
                units = adts_units(ffmpeg(*options, suffix=".aac"))
                track = aac.track(rate=rate, channels=channels, samples=[change(u) if change else u for u in units])
                with open(target, "wb") as f:
                    f.write(movie([clip(n=30), track]))

            case(f"aac/{name}.mp4", write, facts={"sbr": "none", "channels": channels})
            case(f"aac/{name}-with-sbr.mp4", functools.partial(write, change=aac.with_sbr), "audio-profile", facts={"sbr": "implicit"}, undecided=None)
    both = picture(seconds="0.6") + ["-f", "lavfi", "-i", "anoisesrc=color=pink:sample_rate=48000:seed=3:duration=0.6,aformat=channel_layouts=stereo"] + x264()
    for name, options in [("as-ffmpeg-writes-it.mp4", []), ("as-ffmpeg-writes-it.mov", []), ("at-24-khz.mp4", ["-ar", "24000"]), ("mono.mp4", ["-ac", "1"]), ("in-fragments.mp4", ["-movflags", "+frag_keyframe+empty_moov"])]:
        encoded(f"aac/{name}", both + ["-c:a", "aac", "-b:a", "96k", *options], warnings="fragmented" if "fragments" in name else [], facts={"sbr": "none", "object_type": 2})
    for layout, channels in [("5.1", 6), ("7.1", 8), ("3.0", 3), ("quad", 4)]:
        loud = picture(seconds="0.6") + ["-f", "lavfi", "-i", f"sine=sample_rate=48000:duration=0.6,aformat=channel_layouts={layout}"] + x264()
        encoded(f"aac/{layout}.mp4", loud + ["-c:a", "aac"], "audio-channels", facts={"channels": channels}, undecided=None if layout == "quad" else [])


def adts_units(stream):
    """The access units of an ADTS stream (ISO/IEC 14496-3 1.A.2) without their headers."""
    units = []
    at = 0
    while at < len(stream):
        assert stream[at] == 0xFF and stream[at + 1] >> 4 == 0xF, "no ADTS header"
        length = (stream[at + 3] & 3) << 11 | stream[at + 4] << 3 | stream[at + 5] >> 5
        header = 7 if stream[at + 1] & 1 else 9
        units.append(stream[at + header : at + length])
        at += length
    return units


def other_formats():
    un = "unsupported-type"
    for name, options in [("film.mkv", x264()), ("film.ts", x264()), ("film.avi", ["-c:v", "mpeg4", *EXACT]), ("film.flv", ["-c:v", "flv", *EXACT]),
                          ("film.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", *EXACT]), ("film.mpg", ["-c:v", "mpeg1video", *EXACT]),
                          ("film.ogv", ["-c:v", "libtheora", *EXACT])]:
        encoded(f"types/{name}", picture(seconds="0.6") + options, un)
    still = lambda *o: picture("64x48", "1", "1") + ["-frames:v", "1", *o, *EXACT]
    encoded("types/still.bmp", still(), un)
    encoded("types/still.tiff", still(), un)
    encoded("types/still.tga", still(), un)
    sound = ["-f", "lavfi", "-i", "sine=duration=0.5"]
    for name in ("sound.mp3", "sound.wav", "sound.flac", "sound.ogg", "sound.aac"):
        encoded(f"types/{name}", sound + EXACT, un)
    encoded("image/ffmpeg.jpg", still("-pix_fmt", "yuvj420p"), facts={"dimensions": "64x48"})
    encoded("image/ffmpeg-444.jpg", still("-pix_fmt", "yuvj444p"), facts={"dimensions": "64x48"})
    encoded("image/ffmpeg.png", still(), facts={"dimensions": "64x48"})
    encoded("image/ffmpeg-grey-16.png", still("-pix_fmt", "gray16be"), facts={"dimensions": "64x48"})
    encoded("image/ffmpeg-animated.png", picture("32x32", "5", "1") + ["-f", "apng", "-plays", "0", *EXACT], warnings="animated-image", facts={"dimensions": "32x32", "animation_frames": 5})
    encoded("gif/ffmpeg.gif", picture("64x48", "10", "1") + EXACT, facts={"dimensions": "64x48", "animation_frames": 10})
    encoded("gif/ffmpeg-of-one-frame.gif", still(), facts={"animation_frames": 1})

    lossy, lossless = tuple(still("-c:v", "libwebp")), tuple(still("-c:v", "libwebp", "-lossless", "1"))
    alpha = tuple(picture("64x48", "1", "1") + ["-vf", "format=rgba,colorchannelmixer=aa=0.5", "-frames:v", "1", "-c:v", "libwebp", *EXACT])
    moving = tuple(picture("64x48", "5", "1") + ["-c:v", "libwebp_anim", "-loop", "0", *EXACT])
    encoded("image/lossy.webp", lossy, facts={"dimensions": "64x48", "media_type": "image/webp"})
    encoded("image/lossless.webp", lossless, facts={"dimensions": "64x48"})
    encoded("image/alpha.webp", alpha, facts={"dimensions": "64x48"})
    encoded("image/animated.webp", moving, warnings="animated-image", facts={"dimensions": "64x48", "animation_frames": 5})
    webp = {"suffix": ".webp"}
    content = lambda b: b[12:]
    derived("image/extended-with-exif.webp", lossy, lambda b: riff(vp8x(64, 48, 8), content(b), webp_chunk(b"EXIF", b"MM\0*\0\0\0\x08\0\0")), facts={"dimensions": "64x48"}, **webp)
    derived("image/unknown-chunk.webp", lossy, lambda b: riff(vp8x(64, 48), webp_chunk(b"ZZZZ", b"odd"), content(b)), facts={"dimensions": "64x48"}, **webp)
    derived("image/junk-behind.webp", lossy, lambda b: b + b"junk", facts={"dimensions": "64x48"}, **webp)
    derived("image/cut-in-the-picture.webp", lossy, lambda b: b[: len(b) // 2], "truncated-file", undecided=None, **webp)
    derived("image/cut-by-a-byte.webp", lossless, lambda b: b[:-3], "truncated-file", undecided=None, **webp)
    derived("image/cut-in-an-animation.webp", moving, lambda b: b[: len(b) * 2 // 3], "truncated-file", undecided=None, may=["animated-image"], **webp)
    derived("image/5-mib.webp", lossy, lambda b: padded_webp(b, 5 << 20), **webp)
    derived("image/5-mib-and-two-bytes.webp", lossy, lambda b: padded_webp(b, (5 << 20) + 2), "file-too-large", **webp)
    derived("names/webp-named.jpg", lossy, lambda b: b, warnings="extension-mismatch", **webp)


def padded_webp(b, total):
    return riff(vp8x(64, 48), b[12:], webp_chunk(b"ZZZZ", bytes(total - len(b) - 18 - 8)))


def all_cases():
    videos()
    zoo()
    sounds()
    other_formats()
