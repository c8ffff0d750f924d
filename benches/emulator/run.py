"""Uploads 512 MiB to `preflight serve` over three connections, and tells what it cost the server.

Usage: run.py PREFLIGHT STORAGE SEGMENT_MIB
"""

import hashlib
import http.client
import json
import os
import queue
import subprocess
import sys
import threading
import time

TOTAL = 512 << 20
IN_FLIGHT = 3


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def most_memory_mib(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024


def call(connection, method, path, body=b"", content_type="application/json"):
    connection.request(method, path, body, {"Content-Type": content_type})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (answer.status, text)
    return json.loads(text)["data"] if text else None


def main():
    preflight, storage, segment_mib = sys.argv[1], sys.argv[2], int(sys.argv[3])
    segment = segment_mib << 20
    command = [preflight, "serve", "--no-auth", "--no-rate-limits", "--processing-time", "0", "--storage", storage]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().removeprefix("listening on http://").strip()
    connect = lambda: http.client.HTTPConnection(address)
    block = os.urandom(segment)
    sizes = [min(segment, TOTAL - start) for start in range(0, TOTAL, segment)]

    control = connect()
    asked = {"total_bytes": TOTAL, "media_type": "video/mp4", "media_category": "tweet_video"}
    upload = call(control, "POST", "/2/media/upload/initialize", json.dumps(asked))["id"]
    todo = queue.SimpleQueue()
    for index, size in enumerate(sizes):
        todo.put((index, size))

    def send():
        connection = connect()
        while True:
            try:
                index, size = todo.get_nowait()
            except queue.Empty:
                return
            head = (
                f'--B\r\nContent-Disposition: form-data; name="segment_index"\r\n\r\n{index}\r\n'
                '--B\r\nContent-Disposition: form-data; name="media"; filename="media"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            body = b"".join([head, block[:size], b"\r\n--B--\r\n"])
            call(connection, "POST", f"/2/media/upload/{upload}/append", body, "multipart/form-data; boundary=B")

    start, cpu = time.monotonic(), cpu_seconds(server.pid)
    threads = [threading.Thread(target=send) for _ in range(IN_FLIGHT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    segments = time.monotonic() - start, cpu_seconds(server.pid) - cpu
    call(control, "POST", f"/2/media/upload/{upload}/finalize")
    content = os.path.join(storage, "media", upload, "content")
    while not os.path.exists(content):
        time.sleep(0.005)
    whole = time.monotonic() - start, cpu_seconds(server.pid) - cpu

    expected, stored = hashlib.sha256(), hashlib.sha256()
    for size in sizes:
        expected.update(block[:size])
    with open(content, "rb") as file:
        while piece := file.read(1 << 20):
            stored.update(piece)
    assert stored.digest() == expected.digest(), "the bytes differ"
    rate = lambda seconds: f"{TOTAL / 1e6 / seconds:.0f} MB/s"
    print(
        f"{segment_mib} MiB a segment: segments {rate(segments[0])} ({rate(segments[1])} a core), "
        f"with FINALIZE {rate(whole[0])} ({rate(whole[1])} a core), at most {most_memory_mib(server.pid):.0f} MiB of memory"
    )
    server.kill()
    server.wait()


main()
