"""Stands between a client and the server, and writes down what the client asks.

record.py UPSTREAM CERTIFICATE KEY FOLDER: listens for HTTP and for HTTPS, and prints both addresses. A POST to /_mark names the client
and what it does from then on. At the end (SIGTERM) FOLDER/CLIENT.json holds the requests of each, so that two recordings of the same are
the same: identifiers by what they are of, media by length and hash, several STATUS as one, segments by their index.
"""

import base64
import email.parser
import email.policy
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import re
import signal
import ssl
import sys
import threading
from urllib.parse import parse_qsl, urlsplit

upstream, certificate, key, folder = sys.argv[1:]
upstream = urlsplit(upstream).netloc
lock = threading.Lock()
recordings = {}
marked = (None, None)


def media(data, coding):
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "as": coding}


def field(name, value, in_form):
    """A field's text; of media, what tells them from others."""
    if name == "media_data" or name == "media" and in_form:
        return media(base64.b64decode(value), "base64")
    return value


def parts(content_type, body):
    text = b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(text)
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        data = body_of(part, body)
        transfer = (part.get("Content-Transfer-Encoding") or "").lower()
        if transfer == "base64" or name == "media_data":
            fields[name] = media(base64.b64decode(data), "base64")
        elif name == "media":
            fields[name] = {**media(data, "raw"), "filename": part.get_filename() is not None}
        else:
            fields[name] = data.decode()
    return fields


def body_of(part, body):
    """The bytes of a part as they came: the parser would change line ends in them."""
    head = re.compile(rb"\r\n\r\n")
    for candidate in split(body):
        start = head.search(candidate)
        name = part.get_param("name", header="content-disposition").encode()
        if start and re.search(rb'name="?' + re.escape(name) + rb'"?[;\r]', candidate[: start.start() + 2]):
            return candidate[start.end():]
    raise ValueError("a part that is not there")


def split(body):
    boundary = body[: body.index(b"\r\n")]
    return [piece[2:-2] for piece in body.split(boundary)[1:-1]]


def described(method, target, headers, body):
    asked = urlsplit(target)
    content_type = headers.get("Content-Type")
    kind = content_type.split(";")[0].split(",")[0].strip().lower() if content_type and body else None
    request = {"method": method, "path": asked.path, "query": dict(parse_qsl(asked.query))}
    request["type"] = kind
    if kind == "multipart/form-data":
        request["fields"] = parts(content_type.replace(",", ";"), body)
    elif kind == "application/x-www-form-urlencoded" and not body.startswith(b"{"):
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        request["fields"] = {name: field(name, value, True) for name, value in pairs}
    elif body:
        json_body = json.loads(body)
        if isinstance(json_body.get("media"), str):
            json_body["media"] = media(base64.b64decode(json_body["media"]), "base64")
        request["json"] = json_body
    request["authorization"] = headers.get("Authorization", "").split(" ")[0]
    return request


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        global marked
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(iter(self.chunk, b""))
        if self.path == "/_mark":
            marked = tuple(json.loads(body))
            self.send_response(204)
            self.end_headers()
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        connection = http.client.HTTPConnection(upstream)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or self.command == "POST":
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        with lock:
            client, what = marked
            request = described(self.command, self.path, self.headers, body)
            entry = {**request, "status": answer.status}
            try:
                data = json.loads(content)
                data = data.get("data", data)
                entry["_id"] = str(data.get("media_id_string") or data.get("id") or "")
            except ValueError:
                pass
            recordings.setdefault(client, {}).setdefault(what, []).append(entry)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do

    def chunk(self):
        size = int(self.rfile.readline().split(b";")[0], 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def log_message(self, *_):
        pass


HOP = {"connection", "content-length", "transfer-encoding", "keep-alive", "server", "date"}


def kind_of(entry):
    """What an upload is, by the type that it was begun with; one that goes in one call is a photo."""
    asked = {**entry.get("fields", {}), **entry.get("json", {})}
    kinds = {"video": "VIDEO", "text": "CAPTIONS", "image/gif": "GIF"}
    media_type = asked.get("media_type", "")
    return next((name for kind, name in kinds.items() if media_type.startswith(kind)), "PHOTO")


def settled(entries):
    """The requests of one upload in a form that does not depend on chance."""
    ids = {entry["_id"]: kind_of(entry) for entry in reversed(entries) if entry.get("_id")}

    def named(value):
        if isinstance(value, dict):
            return {name: named(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [named(inner) for inner in value]
        if isinstance(value, int) and str(value) in ids:
            return {"number": ids[str(value)]}
        if isinstance(value, str):
            for number, name in ids.items():
                value = value.replace(number, name)
        return value

    entries = [named({name: value for name, value in entry.items() if name != "_id"}) for entry in entries]
    kept = []
    for entry in entries:
        if entry["query"].get("command") == "STATUS" and kept and kept[-1] == entry:
            continue
        kept.append(entry)

    def segment(entry):
        told = {**entry.get("fields", {}), **entry.get("json", {}), **entry["query"]}
        return int(told["segment_index"]) if "segment_index" in told else None

    # Segments that were sent at the same time, by their index.
    for start in range(len(kept)):
        end = start
        while end < len(kept) and segment(kept[end]) is not None:
            end += 1
        kept[start:end] = sorted(kept[start:end], key=segment)
    return kept


def leave(*_):
    for client, checks in recordings.items():
        name = re.sub(r"[^a-z0-9.]+", "-", client.lower()).strip("-")
        text = json.dumps({what: settled(entries) for what, entries in checks.items()}, indent=1, sort_keys=True, ensure_ascii=False)
        (pathlib.Path(folder) / f"{name}.json").write_text(text + "\n")
    os._exit(0)


http.server.ThreadingHTTPServer.daemon_threads = True
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
sealed = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
sealed.socket = context.wrap_socket(sealed.socket, server_side=True)
signal.signal(signal.SIGTERM, leave)
print(f"http://127.0.0.1:{plain.server_port}\nhttps://127.0.0.1:{sealed.server_port}", flush=True)
threading.Thread(target=sealed.serve_forever, daemon=True).start()
plain.serve_forever()
