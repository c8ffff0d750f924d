"""A peer that reads many files in one process: in_process.py libavformat|mediainfo LIST."""

import sys

if sys.argv[1] == "libavformat":
    import av
else:
    from pymediainfo import MediaInfo


def libavformat(path):
    with av.open(path) as container:
        return [
            (stream.codec_context.name, stream.codec_context.width, stream.codec_context.height, stream.average_rate, stream.duration)
            if stream.type == "video"
            else (stream.type, stream.duration)
            for stream in container.streams
        ]


def mediainfo(path):
    # As the library writes it: the time of parsing it again in Python is not the peer's.
    return MediaInfo.parse(path, output="JSON")


def main():
    read = {"libavformat": libavformat, "mediainfo": mediainfo}[sys.argv[1]]
    failed = 0
    for path in open(sys.argv[2]).read().splitlines():
        try:
            assert read(path)
        except Exception:
            failed += 1
    print(failed, "could not be read")


main()
