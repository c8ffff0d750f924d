"""Makes the media that the clients send: samples, the video longer than two segments by a box that players skip."""

import pathlib
import random
import struct
import sys

samples, folder = map(pathlib.Path, sys.argv[1:])
folder.mkdir(parents=True, exist_ok=True)
padding = random.Random(5).randbytes((5 << 19) + 12_345)
video = (samples / "video.mp4").read_bytes()
(folder / "video.mp4").write_bytes(video + struct.pack(">I4s", len(padding) + 8, b"free") + padding)
for name, sample in {"animated.gif": "gif-animated.gif", "photo.jpg": "photo.jpg", "captions.srt": "captions.srt"}.items():
    (folder / name).write_bytes((samples / sample).read_bytes())
