"""Times ours, the floor and peers on one library, and prints Markdown tables. Called by run.sh, which says what it needs."""

import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import time

WORK = pathlib.Path(sys.argv[1])
FILES = int(sys.argv[2])
SAMPLED = int(sys.argv[3])
PREFLIGHT = os.environ.get("PREFLIGHT", "target/release/preflight")
HERE = pathlib.Path(__file__).parent
ROUNDS = int(os.environ.get("ROUNDS", "7"))

IMAGES = ["gif-animated.gif", "picture.png", "photo.jpg", "gif-one-frame.gif", "sticker.webp", "picture-animated.png"]
VIDEOS = ["video-anamorphic.mp4", "video-1920x1080.mp4", "video-61-fps.mp4", "video-0.4-seconds.mp4", "video-open-gop.mp4", "video-he-aac.mp4"]
FFPROBE = ["-v", "error", "-show_format", "-show_streams"]
PYTHON = [sys.executable, str(HERE / "in_process.py")]


def main():
    # Twelve samples in turn, image after video, so that each half holds the same number of files.
    samples = [f"samples/{name}" for pair in zip(IMAGES, VIDEOS) for name in pair]
    tree = library(FILES, samples)
    paths = sorted(str(path) for path in tree.rglob("*") if path.is_file())
    size = sum(os.path.getsize(path) for path in paths)
    print(f"## {FILES:,} files, {size / FILES / 1024:.0f} KiB on average, page cache warm, {os.cpu_count()} processors\n")
    against_peers(tree, paths)
    memory(samples)
    large_gif()


def library(count, samples):
    tree = WORK / f"library-{count}"
    if not tree.is_dir():
        new = WORK / f"library-{count}.new"
        shutil.rmtree(new, ignore_errors=True)
        subprocess.run([WORK / "floor", "library", new, str(count), *samples], check=True)
        new.rename(tree)
    return tree


def against_peers(tree, paths):
    # Files that stand together, so that each peer is given as many of each sample: every n-th might be of one kind.
    sampled = paths[:SAMPLED]
    images = [path for path in paths if not path.endswith(".mp4")][:SAMPLED]
    # Peers that start a process for each file are the slowest by far.
    few = sampled[: max(1, SAMPLED // 5)]
    whole = str(tree)
    rows = [
        ("floor: open, stat, read 4 KiB", paths, lambda n: [str(WORK / "floor"), "read", whole, str(n)], "whole"),
        ("**preflight scan**, no cache", paths, lambda n: [PREFLIGHT, "scan", "--no-cache", "-q", f"-j{n}", whole], "whole"),
        ("**preflight scan**, no cache, JSON Lines", paths, lambda n: [PREFLIGHT, "scan", "--no-cache", "--format", "jsonl", f"-j{n}", whole], "whole"),
        ("identify -ping, one process (images only)", images, ["identify", "-ping"], "arguments"),
        ("libavformat (PyAV), one process", sampled, [*PYTHON, "libavformat"], "list"),
        ("MediaInfo (libmediainfo), one process", sampled, [*PYTHON, "mediainfo"], "list"),
        ("MediaInfo, one process", sampled, ["mediainfo", "--Output=JSON"], "arguments"),
        ("exiftool, one process", sampled, ["exiftool", "-json", "-fast"], "arguments"),
        ("static ffprobe, a process a file", few, [str(WORK / "ffprobe-static"), *FFPROBE], "each"),
        ("Debian's ffprobe, a process a file", few, ["ffprobe", *FFPROBE], "each"),
    ]
    results, medians = {}, {}
    # Ours and the floor in turns, and the fastest of them, so that what else the machine does matters as little as it can.
    for threads in (1, 2):
        for row in rows[:3]:
            run(row, threads)
        times = {row[0]: [] for row in rows[:3]}
        for _ in range(ROUNDS):
            for row in rows[:3]:
                times[row[0]].append(run(row, threads))
        for row in rows[:3]:
            results[row[0], threads] = min(times[row[0]]) / len(row[1])
            medians[row[0], threads] = statistics.median(times[row[0]]) / len(row[1])
        for row in rows[3:]:
            # The first time warms the cache.
            run((row[0], row[1][:5], *row[2:]), threads)
            results[row[0], threads] = min(run(row, threads) for _ in range(min(ROUNDS, 2))) / len(row[1])
    ours = results[rows[1][0], 1], results[rows[1][0], 2]
    print("| reader | files | us a file, 1 thread | 2 threads | times ours, 1 thread | 2 threads |\n|---|--:|--:|--:|--:|--:|")
    for name, files, *_ in rows:
        one, two = results[name, 1], results[name, 2]
        print(f"| {name} | {len(files):,} | {one * 1e6:,.1f} | {two * 1e6:,.1f} | {one / ours[0]:,.1f} | {two / ours[1]:,.1f} |")
    fastest, middle = ([by[rows[1][0], n] / by[rows[0][0], n] for n in (1, 2)] for by in (results, medians))
    print(
        f"\nOurs takes {fastest[0]:.2f} times as long as the floor on one thread and {fastest[1]:.2f} on two, "
        f"by the medians {middle[0]:.2f} and {middle[1]:.2f}."
    )
    gain = results[rows[0][0], 1] / results[rows[0][0], 2], ours[0] / ours[1]
    print(f"\nThe second thread makes the floor {gain[0]:.2f} times as fast, and ours {gain[1]:.2f} times: {gain[1] / gain[0]:.2f} of it.\n")


def run(row, threads):
    """Seconds that the row takes on that many threads, or processes where the peer has no threads."""
    _, paths, command, how = row
    if how == "whole":
        return timed([command(threads)])
    parts = [paths[number::threads] for number in range(threads)]
    if how == "arguments":
        return timed([command + part for part in parts])
    lists = []
    for number, part in enumerate(parts):
        lists.append(WORK / f"list-{number}")
        lists[-1].write_text("".join(f"{path}\n" for path in part))
    if how == "list":
        # Without what it takes to start Python and load the library.
        nothing = WORK / "list-empty"
        nothing.write_text("")
        return timed([command + [str(path)] for path in lists]) - timed([command + [str(nothing)] for _ in lists])
    # A shell that starts one process a file: the time of xargs itself is far below that of any process.
    each = " ".join(shlex.quote(word) for word in command)
    return timed([["sh", "-c", f"xargs -n 1 {each} < {shlex.quote(str(path))}"] for path in lists])


def timed(commands):
    start = time.perf_counter()
    children = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]
    for child in children:
        child.wait()
    seconds = time.perf_counter() - start
    # Files that fail are no failure of the reader; a reader that cannot start is.
    assert all(child.returncode in (0, 1, 123) for child in children), commands[0][:3]
    return seconds


def memory(samples):
    """Folders of 1,000 files, ten times as many files as before in the end."""
    print("## Peak memory of `scan --no-cache --format jsonl`\n\n| files | MiB |\n|--:|--:|")
    for count in (FILES, 5 * FILES, 10 * FILES):
        tree = library(count, samples)
        print(f"| {count:,} | {peak([PREFLIGHT, 'scan', '--no-cache', '--format', 'jsonl', str(tree)]) / 1024:.1f} |", flush=True)
    print()


def peak(command):
    """KiB of memory that the command took at most."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return usage.ru_maxrss


def large_gif():
    path = WORK / "200-mb.gif"
    if not path.exists():
        small = WORK / "small.gif"
        noise = "nullsrc=size=480x270:rate=10,geq=random(1)*255:128:128"
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", noise, "-t", "1", str(small)], check=True)
        bytes_ = small.read_bytes()
        head = 13 + (3 << ((bytes_[10] & 7) + 1) if bytes_[10] & 0x80 else 0)
        # The same pictures again and again, until it is as long as it should be.
        body = bytes_[head:-1]
        path.write_bytes(bytes_[:head] + body * (200_000_000 // len(body)) + b";")
    size = path.stat().st_size
    times = {"cat": [], "ours": []}
    commands = {"cat": ["cat", str(path)], "ours": [PREFLIGHT, "check", "-q", str(path)]}
    for _ in range(ROUNDS + 2):
        for name, command in commands.items():
            times[name].append(timed([command]))
    # The first two runs warm the cache.
    rate = {name: size / min(seconds[2:]) / 1e9 for name, seconds in times.items()}
    print(f"## A GIF of {size / 1e6:.0f} MB\n\n| reader | GB/s |\n|---|--:|")
    print(f"| `cat` to /dev/null | {rate['cat']:.2f} |\n| `preflight check` | {rate['ours']:.2f} |")
    print(f"\n{rate['ours'] / rate['cat']:.0%} of the rate of `cat`.")


main()
