"""The pairs: how each source and each result is made, and which rows have to fail.

A pair names its rows of severity error and warning that fail, and those that stay undecided; every other row has to pass or
not to apply. They follow from what was done to the file, never from what the program says.
"""

# Two seconds of 320x180: small enough that all pairs take seconds.
PICTURE = "testsrc2=s=320x180:r=30:d=2"
TONE = "sine=440:r=48000:d=2"
BT709 = "-colorspace bt709 -color_primaries bt709 -color_trc bt709"
X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p"
SOUND = "-c:a aac -ac 2 -b:a 128k"
PLACE = "-metadata location=+48.8577+002.2950/ -metadata title=Home"


def film(picture=PICTURE, tone=TONE, video=f"{X264} {BT709}", sound=SOUND, more=PLACE):
    return f"-f lavfi -i {picture} -f lavfi -i {tone} {video} {sound} {more}"


# name: arguments of ffmpeg; files made of another one name it with {name}.
SOURCES = {
    "film.mp4": film(),
    "turned.mp4": "-i {film.mp4} -c copy -metadata:s:v:0 rotate=90",
    "late.mp4": "-i {film.mp4} -itsoffset 0.2 -i {film.mp4} -map 0:v -map 1:a -c copy",
    "fast.mp4": film(picture="testsrc2=s=320x180:r=120:d=2"),
    "uneven.mp4": film(video=f"-vf \"select='lt(mod(n,10),8)'\" -fps_mode vfr {X264} {BT709}"),
    "surround.mp4": film(sound="-filter_complex [1:a]pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0[a] -map 0:v -map [a] -c:a aac"),
    "deep.mp4": film(video=f"-c:v libx264 -preset veryfast -pix_fmt yuv444p10le {BT709}"),
    "hevc.mp4": film(video=f"-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p {BT709}"),
    # Only the bitstream says what the colours are: ffmpeg was not told, and writes no tags into the container.
    "hevc-pq.mp4": film(video="-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"),
    "av1-pq.mp4": film(video="-c:v libaom-av1 -usage realtime -cpu-used 8 -aom-params color-primaries=bt2020:transfer-characteristics=smpte2084:matrix-coefficients=bt2020ncl"),
    "interlaced.mp4": film(video=f"-vf interlace {X264} -flags +ildct+ilme {BT709}"),
    "wide.mp4": film(picture="testsrc2=s=160x180:r=30:d=2", video=f"-vf setsar=2 {X264} {BT709}"),
    "hdr.mp4": film(video=f"{X264} -colorspace bt2020nc -color_primaries bt2020 -color_trc smpte2084"),
    "untold.mp4": film(video=X264),
    "long.mp4": "-f lavfi -i color=gray:s=64x64:r=30:d=24 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 250",
    "film.mkv": "-i {film.mp4} -c copy -metadata title=Cast",
    "live.mkv": "-i {film.mp4} -c copy -f matroska -live 1",
    "steady.mkv": film(picture="testsrc2=s=320x180:r=30000/1001:d=2", sound="-c:a libopus -ac 2", more="-metadata:s:a:0 language=ger"),
    "wide.mkv": "-i {wide.mp4} -c copy",
    "film.webm": film(video=f"-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p {BT709}", sound="-c:a libopus -ac 2"),
    "clip.mov": film(more=f"{PLACE} -movflags use_metadata_tags"),
    "hd.mp4": film(picture="testsrc2=s=1920x1080:r=30:d=2"),
    "tall.mp4": "-i {hd.mp4} -c copy -metadata:s:v:0 rotate=90",
    "scope.mp4": film(picture="testsrc2=s=860x360:r=25:d=2"),
    "turning.gif": "-f lavfi -i testsrc2=s=160x90:r=10:d=2 -loop 0",
    "drawing.png": "-f lavfi -i color=red@0.5:s=160x90,format=rgba -frames:v 1",
    "photo.jpg": "-f lavfi -i testsrc2=s=160x90 -frames:v 1",
}

CUES = [("00:00:00,500", "00:00:01,000", "One"), ("00:00:01,200", "00:00:01,900", "Two")]


def captions(cues):
    return "".join(f"{n}\n{a} --> {b}\n{text}\n\n" for n, (a, b, text) in enumerate(cues, 1))


TEXTS = {
    "words.srt": captions(CUES),
    "fewer.srt": captions(CUES[:1]),
    "later.srt": captions([(a, b.replace("01,900", "02,400"), text) for a, b, text in CUES]),
}


class Pair:
    def __init__(self, name, source, made, errors="", warnings="", undecided="", options="", kind="mp4", before=None, odd=""):
        self.name, self.source, self.made = name, source, made
        self.errors, self.warnings, self.undecided = set(errors.split()), set(warnings.split()), set(undecided.split())
        self.options, self.result = options.split(), f"{name}.{kind}"
        # Rows whose values ffprobe tells otherwise, for a reason that stands beside the pair.
        self.odd = set(odd.split())
        # A file that is made first, of the source: its name and arguments.
        self.before = before


ENCODE = f"-c:v libx264 -preset veryfast -crf 12 -pix_fmt yuv420p -c:a aac -ac 2 -b:a 128k"
OF = "-i {source} "
NO_COLOURS = "setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown"
HDR = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
HD = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
SD = "setparams=color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m"

PAIRS = [
    # Nothing is lost.
    Pair("copy", "film.mp4", None),
    Pair("remux", "film.mp4", OF + "-c copy"),
    Pair("remux-to-mov", "film.mp4", OF + "-c copy", kind="mov"),
    # ffmpeg stretches the first sample of sound over the gap in front of the second one, and ffprobe takes it for sound.
    Pair("fragmented", "film.mp4", OF + "-c copy -movflags frag_keyframe+empty_moov", warnings="start", odd="av-sync audio-duration"),
    Pair("faststart", "film.mp4", OF + "-c copy -movflags +faststart"),
    Pair("encoded", "film.mp4", OF + ENCODE),
    Pair("encoded-late", "late.mp4", OF + ENCODE),
    Pair("encoded-hevc", "hevc.mp4", OF + ENCODE),
    Pair("encoded-uneven", "uneven.mp4", OF + f"{ENCODE} -fps_mode passthrough"),
    Pair("encoded-mov", "clip.mov", OF + ENCODE),
    Pair("eight-bits", "deep.mp4", OF + ENCODE),
    Pair("stereo", "surround.mp4", OF + ENCODE),
    Pair("sixty", "fast.mp4", OF + f"-vf fps=60 {ENCODE}"),
    Pair("thirty", "fast.mp4", OF + f"-vf fps=30 {ENCODE}"),
    Pair("deinterlaced", "interlaced.mp4", OF + f"-vf bwdif=send_frame {ENCODE}"),
    Pair("square-pixels", "wide.mp4", OF + f"-vf scale=320:180,setsar=1 {ENCODE}"),
    Pair("turn-kept", "turned.mp4", OF + "-c copy"),
    Pair("turn-applied", "turned.mp4", OF + ENCODE),
    Pair("gif-copied", "turning.gif", OF + "-loop 0", kind="gif"),
    Pair("gif-as-film", "turning.gif", OF + "-c:v libx264 -preset veryfast -crf 1 -pix_fmt yuv420p", kind="mp4"),
    Pair("gif-as-film-too-fast", "turning.gif", OF + "-vf setpts=PTS/2 -fps_mode passthrough -enc_time_base 1/100 -c:v libx264 -preset veryfast -crf 1 -pix_fmt yuv420p", kind="mp4",
         errors="duration dropped-frames"),
    Pair("gif-as-steady-film", "turning.gif", OF + "-vf fps=30 -c:v libx264 -preset veryfast -crf 1 -pix_fmt yuv420p", kind="mp4"),
    Pair("png-as-webp", "drawing.png", OF + "-c:v libwebp -lossless 1", kind="webp"),
    Pair("jpg-again", "photo.jpg", OF + "-q:v 2", kind="jpg"),
    Pair("hevc-pq-lost", "hevc-pq.mp4", OF + f"-vf {HD} {ENCODE}", warnings="colour-primaries colour-transfer colour-matrix"),
    # Whether pictures are progressive only those of H.264 tell.
    Pair("hevc-pq-to-mkv", "hevc-pq.mp4", OF + "-c copy", undecided="scan", kind="mkv"),
    Pair("av1-pq-lost", "av1-pq.mp4", OF + f"-vf {HD} {ENCODE}", warnings="colour-primaries colour-transfer colour-matrix"),
    # Matroska and WebM.
    Pair("remux-from-mkv", "film.mkv", OF + "-c copy"),
    Pair("remux-to-mkv", "film.mp4", OF + "-c copy", kind="mkv"),
    Pair("remux-from-live-mkv", "live.mkv", OF + "-c copy"),
    Pair("encoded-from-mkv", "steady.mkv", OF + f"-r 30000/1001 {ENCODE}"),
    Pair("sound-from-mkv", "steady.mkv", OF + "-c:v copy -c:a aac -b:a 128k"),
    # Its clock counts milliseconds, after which ffmpeg by itself would show one frame twice.
    Pair("wide-from-mkv", "wide.mkv", OF + f"-vf scale=320:180,setsar=1 -fps_mode passthrough {ENCODE}"),
    Pair("encoded-from-webm", "film.webm", OF + ENCODE),
    Pair("three-dropped-of-mkv", "film.mkv", OF + f"-vf \"select='not(between(n,20,22))'\" -fps_mode passthrough {ENCODE}",
         errors="dropped-frames frame-count"),
    Pair("late-of-mkv", "film.mkv", OF + "-itsoffset 0.1 -i {source} -map 0:v -map 1:a -c copy", errors="av-sync duration"),
    Pair("mono-of-mkv", "steady.mkv", OF + "-c:v copy -c:a aac -ac 1", errors="channels"),
    # ffmpeg tells the first frame of Opus later, by what is skipped of it.
    Pair("language-of-mkv", "steady.mkv", OF + "-c copy -metadata:s:a:0 language=fra", warnings="language", odd="av-sync"),
    # Frames.
    Pair("three-dropped", "film.mp4", OF + f"-vf \"select='not(between(n,20,22))'\" -fps_mode passthrough {ENCODE}",
         errors="dropped-frames frame-count"),
    Pair("one-dropped", "film.mp4", OF + f"-vf \"select='not(eq(n,30))'\" -fps_mode passthrough {ENCODE}",
         errors="dropped-frames", warnings="frame-count"),
    Pair("last-dropped", "film.mp4", OF + f"-vf \"select='lt(n,59)'\" -fps_mode passthrough {ENCODE}",
         warnings="dropped-frames frame-count"),
    Pair("many-dropped-at-sixty", "fast.mp4", OF + f"-vf \"fps=60,select='not(between(n,50,55))'\" -fps_mode passthrough {ENCODE}",
         errors="dropped-frames frame-count"),
    Pair("twenty-five", "film.mp4", OF + f"-vf fps=25 {ENCODE}", errors="frame-rate frame-count dropped-frames"),
    Pair("ntsc", "film.mp4", OF + f"-vf fps=30000/1001 {ENCODE}", errors="frame-rate"),
    Pair("doubled", "film.mp4", OF + f"-vf fps=60 {ENCODE}", errors="frame-rate frame-count", warnings="repeated-frames"),
    Pair("made-even", "uneven.mp4", OF + f"-vf fps=30 {ENCODE}", errors="frame-count",
         warnings="repeated-frames"),
    Pair("slower", "film.mp4", OF + f"-vf setpts=1.1*PTS -fps_mode passthrough {ENCODE}",
         errors="duration video-duration dropped-frames", warnings="repeated-frames"),
    # Time.
    Pair("trimmed", "film.mp4", OF + f"-t 1 {ENCODE}",
         errors="duration video-duration audio-duration frame-count dropped-frames"),
    Pair("trimmed-as-asked", "film.mp4", f"-ss 0.5 -t 1 -i {{source}} {ENCODE}", options="--trim 0.5:1.5"),
    Pair("trimmed-otherwise", "film.mp4", f"-ss 0.5 -t 1 -i {{source}} {ENCODE}", options="--trim 0.5:2",
         errors="duration video-duration audio-duration frame-count dropped-frames"),
    Pair("sound-100-ms-late", "film.mp4", OF + "-itsoffset 0.1 -i {source} -map 0:v -map 1:a -c copy",
         errors="av-sync duration"),
    Pair("sound-20-ms-late", "film.mp4", OF + "-itsoffset 0.02 -i {source} -map 0:v -map 1:a -c copy"),
    Pair("pictures-100-ms-late", "film.mp4", "-itsoffset 0.1 " + OF + "-i {source} -map 0:v -map 1:a -c copy",
         errors="av-sync duration"),
    # Silence in front of the sound is sound: headers show that there is more of it.
    Pair("sound-delayed-by-filter", "film.mp4", OF + f"-af adelay=100:all=1 {ENCODE}", errors="duration audio-duration"),
    Pair("sound-shortened", "film.mp4", OF + f"-af atrim=0:1.5 {ENCODE}", errors="audio-duration"),
    # Pictures.
    Pair("stretched", "film.mp4", OF + f"-vf scale=320:240,setsar=1 {ENCODE}", errors="display-aspect upscaling"),
    Pair("stretched-by-pixels", "film.mp4", OF + f"-vf setsar=4/3 {ENCODE}", errors="display-aspect upscaling"),
    Pair("cropped", "film.mp4", OF + f"-vf crop=180:180 {ENCODE}", errors="display-aspect", warnings="picture-size"),
    Pair("upscaled", "film.mp4", OF + f"-vf scale=640:360 {ENCODE}", errors="upscaling"),
    Pair("downscaled", "film.mp4", OF + f"-vf scale=160:90 {ENCODE}", warnings="picture-size"),
    Pair("pixels-forgotten", "wide.mp4", OF + f"-vf setsar=1 {ENCODE}", errors="display-aspect", warnings="picture-size"),
    Pair("turn-lost", "turned.mp4", f"-r 30 -i {{before}} {OF}-map 0:v -map 1:a {ENCODE} -colorspace bt709 -color_primaries bt709 -color_trc bt709",
         before=("turned.h264", OF + "-c copy -an -bsf:v h264_mp4toannexb"), errors="rotation display-aspect"),
    Pair("turn-wrong", "film.mp4", OF + "-c copy -metadata:s:v:0 rotate=90", errors="rotation display-aspect"),
    Pair("turn-upside-down", "film.mp4", OF + "-c copy -metadata:s:v:0 rotate=180", errors="rotation"),
    Pair("interlaced", "film.mp4", OF + f"-vf interlace=scan=tff {ENCODE} -flags +ildct+ilme -x264-params tff=1",
         errors="scan frame-rate frame-count dropped-frames"),
    # ffprobe tells no matrix of grey pictures, whose container names one.
    Pair("grey", "film.mp4", OF + f"{ENCODE} -pix_fmt gray", errors="chroma colour-range", odd="colour-matrix"),
    # Colours: 180 lines are standard definition, where players take BT.601.
    Pair("colours-lost", "film.mp4", OF + f"-vf {NO_COLOURS} {ENCODE}", errors="colour-primaries colour-matrix",
         warnings="colour-transfer"),
    Pair("colours-other", "film.mp4", OF + f"-vf {HDR} {ENCODE}",
         errors="colour-primaries colour-transfer colour-matrix"),
    Pair("colours-said", "untold.mp4", OF + f"-vf {SD} {ENCODE}"),
    Pair("colours-said-otherwise", "untold.mp4", OF + f"-vf {HDR} {ENCODE}",
         warnings="colour-primaries colour-transfer colour-matrix"),
    Pair("hdr-lost", "hdr.mp4", OF + f"-vf {NO_COLOURS} {ENCODE}",
         errors="colour-primaries colour-transfer colour-matrix"),
    Pair("hdr-as-sdr", "hdr.mp4", OF + f"-vf {HD} {ENCODE}",
         warnings="colour-primaries colour-transfer colour-matrix"),
    Pair("full-range", "film.mp4", OF + f"-vf scale=out_range=pc {ENCODE} -pix_fmt yuvj420p -color_range pc",
         errors="colour-range"),
    # Sound and tracks.
    Pair("mono", "film.mp4", OF + f"{ENCODE} -ac 1", errors="channels"),
    Pair("silent", "film.mp4", OF + "-c copy -an", errors="tracks"),
    Pair("blind", "film.mp4", OF + "-c copy -vn", errors="tracks"),
    Pair("sampled-at-44100", "film.mp4", OF + f"{ENCODE} -ar 44100", warnings="sample-rate"),
    Pair("sampled-at-22050", "film.mp4", OF + f"{ENCODE} -ar 22050", errors="sample-rate"),
    Pair("thin", "film.mp4", OF + "-c:v libx264 -preset veryfast -pix_fmt yuv420p -b:v 40k -c:a aac -b:a 16k",
         warnings="video-bitrate audio-bitrate"),
    Pair("few-key-frames", "long.mp4",
         OF + "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 9999 -x264-params scenecut=0", errors="keyframes"),
    # Metadata.
    Pair("stripped", "film.mp4", OF + "-c copy -map_metadata -1"),
    Pair("stripped-as-asked", "film.mp4", OF + "-c copy -map_metadata -1", options="--metadata strip"),
    Pair("not-stripped", "film.mp4", OF + "-c copy", options="--metadata strip", errors="location", warnings="metadata"),
    Pair("not-kept", "film.mp4", OF + "-c copy -map_metadata -1", options="--metadata keep", errors="location",
         warnings="metadata"),
    Pair("elsewhere", "film.mp4", OF + "-c copy -metadata location=+1.0000+002.0000/", errors="location"),
    # Animations, images and captions.
    Pair("gif-fewer-frames", "turning.gif", OF + "-vf fps=5 -loop 0", kind="gif", errors="frame-count"),
    Pair("gif-once", "turning.gif", OF + "-loop -1", kind="gif", warnings="loop-count"),
    Pair("gif-shorter", "turning.gif", OF + "-t 1 -loop 0", kind="gif", errors="frame-count duration"),
    Pair("png-as-jpg", "drawing.png", OF + "-q:v 2", kind="jpg", warnings="alpha"),
    Pair("jpg-smaller", "photo.jpg", OF + "-vf scale=80:45", kind="jpg", warnings="picture-size"),
    Pair("jpg-as-film", "photo.jpg", "-loop 1 -t 1 -i {source} -c:v libx264 -pix_fmt yuv420p", errors="content", warnings="video-bitrate"),
    Pair("captions-copied", "words.srt", "words.srt", kind="srt"),
    Pair("captions-fewer", "words.srt", "fewer.srt", kind="srt", errors="cues last-cue"),
    Pair("captions-later", "words.srt", "later.srt", kind="srt", errors="last-cue"),
]

# Films and the sizes that their ladder has, each made and compared.
LADDERS = {
    "tall.mp4": {"720x1280": "720x1280", "360x640": "360x640", "180x320": "180x320"},
    "scope.mp4": {"640x360": "640x268", "320x180": "320x134"},
    "wide.mp4": {"320x180": "320x180"},
    "fast.mp4": {"320x180": "320x180"},
    "surround.mp4": {"320x180": "320x180"},
}

# Of the pairs, those that take CI no more than seconds.
SAMPLE = {
    "copy", "remux", "fragmented", "encoded", "encoded-late", "sixty", "turn-applied", "three-dropped", "last-dropped", "trimmed",
    "trimmed-as-asked", "sound-100-ms-late", "stretched", "upscaled", "turn-lost", "colours-lost", "full-range", "mono", "silent",
    "stripped", "not-stripped", "gif-as-film", "captions-fewer", "png-as-jpg",
    "remux-from-mkv", "remux-to-mkv", "encoded-from-webm", "three-dropped-of-mkv",
}
