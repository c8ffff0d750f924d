#!/usr/bin/env python3
"""Makes the labelled set: some 800 media files, and labels.json with the truth about each.

usage: make.py [DIRECTORY]        default: target/labelled

Needs python3, ffmpeg 5.1 and x264 (Debian 12). Takes about a minute on two cores; sparse files keep it under 200 MB on disk.
"""

import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import cases  # noqa: E402
import cases_encoded  # noqa: E402
import cases_file  # noqa: E402
import cases_packs  # noqa: E402
import cases_pictures  # noqa: E402
import cases_sound  # noqa: E402
import cases_video  # noqa: E402


def main():
    directory = sys.argv[1] if len(sys.argv) > 1 else "target/labelled"
    for module in (cases_video, cases_sound, cases_file, cases_packs, cases_pictures, cases_encoded):
        module.all_cases()
    os.makedirs(directory, exist_ok=True)
    labels = os.path.join(directory, "labels.json")
    if os.path.exists(labels):
        # Only what an earlier run made is removed.
        for name in {f["path"].split("/")[0] for f in json.load(open(labels))["files"]}:
            shutil.rmtree(os.path.join(directory, name), ignore_errors=True)
        os.remove(labels)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [failure for failure in pool.map(lambda case: write(directory, case), cases.CASES) if failure]
    if failures:
        sys.exit("\n".join(failures))
    with open(labels, "w") as f:
        json.dump({"files": [case.label() for case in cases.CASES]}, f, indent=1, ensure_ascii=False)
        f.write("\n")
    print(f"{len(cases.CASES)} files in {directory}")


def write(directory, case):
    path = os.path.join(directory, case.path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        if callable(case.content):
            case.content(path)
        else:
            with open(path, "wb") as f:
                f.write(case.content)
    except Exception as error:  # the others are still made, and all failures are told at once
        return f"{case.path}: {error!r}"
    return None


if __name__ == "__main__":
    main()
