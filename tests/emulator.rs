//! `preflight serve` as clients meet it: over sockets, with good will and without, and over a restart.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests start programs and open sockets")]

use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use assert_cmd::cargo::CommandCargoExt;
use media_preflight::api::oauth::{Credentials, OAuth1, Secret};
use media_preflight::api::{Encoding, MediaId, Request, Version};
use serde_json::Value;
use tempfile::TempDir;

/// A server with its storage. It is killed when it is dropped, as by `kill -9`.
struct Served {
    child: Child,
    address: SocketAddr,
    lines: Vec<String>,
    /// What it writes after that.
    more: Lines<BufReader<ChildStdout>>,
}

impl Served {
    fn start(storage: &Path, args: &[&str]) -> Self {
        Self::with(storage, args, &[])
    }

    fn with(storage: &Path, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::cargo_bin("preflight").unwrap();
        for name in NAMES {
            command.env_remove(name);
        }
        let mut child = command
            .arg("serve")
            .arg("--storage")
            .arg(storage)
            .args(args)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut more = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = Vec::new();
        // What is expected of callers is told last.
        while !told.last().is_some_and(|line: &String| line.starts_with("credentials: ")) {
            told.push(more.next().expect("the server ended").unwrap());
        }
        let address = told[0].strip_prefix("listening on http://").unwrap().parse().unwrap();
        Self { child, address, lines: told, more }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Sends bytes as they are, and reads the answer to the end of the connection.
    fn raw(&self, request: &[u8]) -> Response {
        let mut stream = self.connect();
        // A server that refuses early may close before all is sent.
        let _ = stream.write_all(request);
        Response::read(&mut stream)
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        self.raw(&[request.as_bytes(), body].concat())
    }

    fn form(&self, target: &str, body: &str) -> Response {
        self.send("POST", target, &[("Content-Type", "application/x-www-form-urlencoded")], body.as_bytes())
    }

    fn json(&self, target: &str, body: &str) -> Response {
        self.send("POST", target, &[("Content-Type", "application/json")], body.as_bytes())
    }

    fn multipart(&self, target: &str, fields: &[(&str, &str)], media: &[u8]) -> Response {
        self.send("POST", target, &[("Content-Type", "multipart/form-data; boundary=B")], &parts(fields, media))
    }

    fn init_v1(&self, total_bytes: usize) -> String {
        let body = format!("command=INIT&total_bytes={total_bytes}&media_type=video%2Fmp4&media_category=tweet_video");
        let answer = self.form(V1, &body);
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["media_id_string"].as_str().unwrap().to_owned()
    }

    fn append_v1(&self, id: &str, index: usize, media: &[u8]) -> Response {
        let index = index.to_string();
        self.multipart(V1, &[("command", "APPEND"), ("media_id", id), ("segment_index", &index)], media)
    }

    fn finalize_v1(&self, id: &str) -> Response {
        self.form(V1, &format!("command=FINALIZE&media_id={id}"))
    }

    fn status_v1(&self, id: &str) -> Response {
        self.send("GET", &format!("{V1}?command=STATUS&media_id={id}"), &[], b"")
    }

    /// Asks until the processing is over.
    fn settled_v1(&self, id: &str) -> Value {
        loop {
            let info = self.status_v1(id).json()["processing_info"].clone();
            if info["state"] == "succeeded" || info["state"] == "failed" {
                return info;
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back; status 0 where nothing did.
#[derive(Debug)]
struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // Whatever was not read before the connection was reset is no answer.
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head, body: bytes[end..].to_vec() }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

/// A body with these fields and, last, media.
fn parts(fields: &[(&str, &str)], media: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        write!(body, "--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    body.extend_from_slice(b"--B\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a\"\r\n\r\n");
    body.extend_from_slice(media);
    body.extend_from_slice(b"\r\n--B--\r\n");
    body
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).unwrap()
}

fn content(storage: &Path, id: &str) -> Vec<u8> {
    fs::read(storage.join("media").join(id).join("content")).unwrap()
}

/// The files below a folder, but for the lock of the server.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("lock") {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

const V1: &str = "/1.1/media/upload.json";
const NAMES: [&str; 5] = [
    "PREFLIGHT_API_KEY",
    "PREFLIGHT_API_SECRET",
    "PREFLIGHT_ACCESS_TOKEN",
    "PREFLIGHT_ACCESS_SECRET",
    "PREFLIGHT_BEARER",
];
const FAST: [&str; 3] = ["--no-auth", "--processing-time", "0"];

#[test]
fn a_video_arrives_whole_in_both_versions() {
    let storage = TempDir::new().unwrap();
    let served = Served::start(storage.path(), &FAST);
    let video = sample("video.mp4");

    let id = served.init_v1(video.len());
    for (index, segment) in video.chunks(150_000).enumerate().collect::<Vec<_>>().into_iter().rev() {
        let answer = served.append_v1(&id, index, segment);
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{answer:?}");
    }
    let first = served.finalize_v1(&id);
    assert_eq!(first.status, 201);
    assert_eq!(first.json()["processing_info"]["state"], "pending");
    assert_eq!(served.settled_v1(&id)["state"], "succeeded");
    assert_eq!(served.finalize_v1(&id).body, first.body);
    assert!(content(storage.path(), &id) == video);

    let body =
        format!("{{\"total_bytes\":{},\"media_type\":\"video/mp4\",\"media_category\":\"tweet_video\"}}", video.len());
    let begun = served.json("/2/media/upload/initialize", &body).json();
    let id = begun["data"]["id"].as_str().unwrap();
    for (index, segment) in video.chunks(150_000).enumerate() {
        let fields = [("segment_index", index.to_string())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = served.multipart(&format!("/2/media/upload/{id}/append"), &fields, segment);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json()["data"]["expires_at"].is_u64());
    }
    let ended = served.send("POST", &format!("/2/media/upload/{id}/finalize"), &[], b"");
    assert_eq!(ended.json()["data"]["size"], video.len());
    served.settled_v1(id);
    assert!(content(storage.path(), id) == video);
    assert_eq!(files(&storage.path().join("incoming")), Vec::<String>::new());
    assert_eq!(files(&storage.path().join("uploads")), Vec::<String>::new());
}

#[test]
fn a_kill_and_a_restart_lose_nothing() {
    let storage = TempDir::new().unwrap();
    let video = sample("video.mp4");
    let (first, second) = video.split_at(200_000);
    let args = ["--no-auth", "--processing-time", "0", "--tls"];

    let served = Served::start(storage.path(), &args);
    let authority = served.lines[2].strip_prefix("CA file: ").unwrap().to_owned();
    assert!(served.lines[1].starts_with("listening on https://127.0.0.1:"), "{:?}", served.lines);
    let certificate = fs::read(&authority).unwrap();
    let id = served.init_v1(video.len());
    assert_eq!(served.append_v1(&id, 1, second).status, 204);
    drop(served);

    let served = Served::start(storage.path(), &args);
    assert_eq!(fs::read(&authority).unwrap(), certificate);
    assert_eq!(served.finalize_v1(&id).status, 400);
    assert_eq!(served.append_v1(&id, 0, first).status, 204);
    let answer = served.finalize_v1(&id);
    drop(served);

    let served = Served::start(storage.path(), &args);
    assert_eq!(served.finalize_v1(&id).body, answer.body);
    assert_eq!(served.settled_v1(&id)["state"], "succeeded");
    assert!(content(storage.path(), &id) == video);
    let meta: Value =
        serde_json::from_slice(&fs::read(storage.path().join("media").join(&id).join("meta.json")).unwrap()).unwrap();
    assert_eq!((&meta["media_id_string"], &meta["phase"]), (&Value::from(id.as_str()), &Value::from("succeeded")));
}

#[test]
fn what_makes_no_sense_is_refused_and_not_stored() {
    let storage = TempDir::new().unwrap();
    let served = Served::start(storage.path(), &["--no-auth"]);
    let host = format!("Host: {}\r\nConnection: close\r\n", served.address);
    let headers = (0..10_000).map(|n| format!("X-{n}: {n}\r\n")).collect::<Vec<_>>().concat();
    let long = "a".repeat(1_000_000);
    let form = "application/x-www-form-urlencoded";
    let deep = "[".repeat(60_000);
    let garbage: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let post = |target: &str, content_type: &str, body: &[u8]| {
        let head = format!(
            "POST {target} HTTP/1.1\r\n{host}Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let declared = |target: &str, length: &str| {
        format!("POST {target} HTTP/1.1\r\n{host}Content-Type: multipart/form-data; boundary=B\r\nContent-Length: {length}\r\n\r\n--B\r\n")
            .into_bytes()
    };
    let multipart = "multipart/form-data; boundary=B";
    let append = "/2/media/upload/7/append";
    for (name, request, allowed) in [
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), &[400, 0][..]),
        ("10,000 headers", format!("GET {V1} HTTP/1.1\r\n{host}{headers}\r\n").into_bytes(), &[431]),
        ("a long header", format!("GET {V1} HTTP/1.1\r\n{host}X: {long}\r\n\r\n").into_bytes(), &[431]),
        ("a long path", format!("GET /{long} HTTP/1.1\r\n{host}\r\n").into_bytes(), &[414, 431]),
        ("a length of 1 TiB", declared(V1, "1099511627776"), &[400]),
        ("a length near 64 bits", declared(V1, "18446744073709551614"), &[400, 431]),
        ("a length above 64 bits", declared(V1, "99999999999999999999999"), &[400]),
        ("a negative length", declared(V1, "-1"), &[400]),
        ("a path that climbs", format!("GET /../../etc/passwd HTTP/1.1\r\n{host}\r\n").into_bytes(), &[404]),
        ("an escaped path", post("/2/media/upload/..%2F..%2Fetc/append", multipart, &parts(&[], b"x")), &[400, 404]),
        ("a negative identifier", post("/2/media/upload/-1/finalize", form, b""), &[400]),
        ("a method", format!("PATCH {V1} HTTP/1.1\r\n{host}\r\n").into_bytes(), &[404]),
        ("no command", post(V1, form, b"total_bytes=1"), &[400]),
        ("an unknown command", post(V1, form, b"command=init&total_bytes=1"), &[400]),
        ("a negative size", post(V1, form, b"command=INIT&media_type=image/png&total_bytes=-1"), &[400]),
        ("a size of 0", post(V1, form, b"command=INIT&media_type=image/png&total_bytes=0"), &[400]),
        ("a size above 64 bits", post(V1, form, b"command=INIT&media_type=image/png&total_bytes=18446744073709551616"), &[400]),
        ("a fraction", post(V1, form, b"command=INIT&media_type=image/png&total_bytes=1.5"), &[400]),
        ("an unknown type", post(V1, form, b"command=INIT&media_type=a/b&total_bytes=1"), &[400]),
        ("an unknown category", post(V1, form, b"command=INIT&media_type=image/png&total_bytes=1&media_category=x"), &[400]),
        ("garbage in parts", post(V1, multipart, &garbage), &[400]),
        ("no boundary", post(V1, "multipart/form-data", &parts(&[], b"x")), &[400]),
        ("line feeds", post(V1, multipart, b"--B\nContent-Disposition: form-data; name=\"media\"\n\nx\n--B--\n"), &[400]),
        ("a body that ends early", post(V1, multipart, b"--B\r\nContent-Disposition: form-data; name=\"media\"\r\n\r\nx"), &[400]),
        ("a climbing file name", post(V1, multipart, b"--B\r\nContent-Disposition: form-data; name=\"media\"; filename=\"../../../tmp/x\"\r\n\r\nx\r\n--B--\r\n"), &[400]),
        ("a field of 1 MiB", post(V1, multipart, &parts(&[("command", &"x".repeat(1 << 20))], b"x")), &[413]),
        ("a form of 1 MiB", post("/1.1/media/metadata/create.json", form, &vec![b'x'; 1 << 20]), &[413]),
        ("text that is no base64", post(V1, form, b"command=APPEND&media_id=7&segment_index=0&media_data=%2A"), &[400]),
        ("JSON cut off", post("/2/media/upload/initialize", "application/json", b"{\"total_bytes\":"), &[400]),
        ("JSON nested deep", post("/2/media/upload/initialize", "application/json", deep.as_bytes()), &[400]),
        ("JSON nested deep as media", post(append, "application/json", format!("{{\"media\":{deep}").as_bytes()), &[400]),
        ("a buffer of JavaScript", post(append, "application/json", b"{\"segment_index\":0,\"media\":{\"0\":96,\"1\":194}}"), &[400]),
        ("a list for a text", post("/2/media/upload/initialize", "application/json", b"{\"total_bytes\":1,\"media_type\":[1]}"), &[400]),
        ("a size as a fraction", post("/2/media/upload/initialize", "application/json", b"{\"total_bytes\":1.5,\"media_type\":\"image/png\"}"), &[400]),
        ("JSON that is not called so", post("/2/media/upload/initialize", "text/plain", b"{}"), &[400]),
        ("a segment of nothing known", post(append, multipart, &parts(&[("segment_index", "0")], b"x")), &[400]),
        ("broken chunks", format!("POST {V1} HTTP/1.1\r\n{host}Content-Type: {form}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").into_bytes(), &[400, 0]),
    ] {
        let response = served.raw(&request);
        assert!(allowed.contains(&response.status), "{name}: {} {}", response.status, String::from_utf8_lossy(&response.body));
        // What is refused before HTTP is understood has no body; all else has one of the documented shapes.
        if response.status == 400 && !response.body.is_empty() {
            let json = response.json();
            assert!(json["errors"].is_array() || json["error"].is_string(), "{name}: {json}");
        }
        assert_eq!(files(storage.path()), Vec::<String>::new(), "{name}");
    }
    assert_eq!(served.init_v1(10).len(), 19);
}

#[test]
fn indices_and_lengths_are_held_at_their_bounds() {
    let storage = TempDir::new().unwrap();
    let served = Served::start(storage.path(), &FAST);
    let id = served.init_v1(20 << 20);
    for (index, status) in [("0", 204), ("999", 204), ("1000", 400), ("-1", 400), ("65536", 400), ("x", 400), ("", 400)]
    {
        let fields = [("command", "APPEND"), ("media_id", id.as_str()), ("segment_index", index)];
        let answer = served.multipart(V1, &fields, b"x");
        assert_eq!(answer.status, status, "{index}: {answer:?}");
        if status == 400 && !index.is_empty() {
            assert_eq!(answer.json()["error"], "SegmentIndex must be between 0 and 999");
        }
    }
    let media = vec![7; (5 << 20) + 1];
    assert_eq!(served.append_v1(&id, 0, &media[1..]).status, 204);
    let answer = served.append_v1(&id, 1, &media);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"], "File size exceeds 5242880 bytes.");
    assert_eq!(answer.json()["request"], V1);
    let answer = served.finalize_v1(&id);
    assert_eq!(answer.json()["error"], "Segments do not add up to provided total file size.");
}

#[test]
fn who_is_slow_is_not_waited_for_and_keeps_nobody_waiting() {
    let storage = TempDir::new().unwrap();
    let served = Served::start(storage.path(), &["--no-auth", "--header-timeout", "0.3", "--idle-timeout", "0.3"]);
    // More than the server takes at a time.
    let mut idle: Vec<TcpStream> = (0..300).map(|_| served.connect()).collect();
    for stream in &mut idle {
        stream.write_all(b"POST /1.1/media/upload.json HTTP/1.1\r\nHost: a\r\nX-Slow:").unwrap();
    }
    assert_eq!(served.init_v1(10).len(), 19);
    let mut stream = served.connect();
    let head = format!(
        "POST {V1} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 1000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"--B\r\n").unwrap();
    assert_eq!(Response::read(&mut stream).status, 408);
    for mut stream in idle {
        assert!(matches!(Response::read(&mut stream).status, 0 | 408));
    }
}

#[test]
fn faults_strike_where_they_are_asked_for() {
    let storage = TempDir::new().unwrap();
    let faults = storage.path().join("faults.toml");
    fs::write(&faults, "[[fault]]\ncall = \"append\"\nnth = 6\naction = 413\nabove = 1000\n").unwrap();
    let served = Served::start(
        &storage.path().join("s"),
        &[
            "--no-auth",
            "--processing-time",
            "0",
            "--fault",
            "append:1=503",
            "--fault",
            "append:2=cut-before",
            "--fault",
            "append:3=cut-after",
            "--fault",
            "append:4=429,reset=30",
            "--fault",
            "status:1=processing-error",
            "--fault",
            "finalize=no-check-after",
            "--fault",
            "any=clock-skew,seconds=-86400",
            "--faults",
            faults.to_str().unwrap(),
        ],
    );
    let video = sample("video.mp4");
    let id = served.init_v1(video.len());
    let segment = served_segment(&storage, &id);
    assert_eq!(served.append_v1(&id, 0, &video).status, 503);
    assert_eq!(served.append_v1(&id, 0, &video).status, 0);
    assert!(!segment.exists());
    assert_eq!(served.append_v1(&id, 0, &video).status, 0);
    assert!(fs::read(&segment).unwrap() == video);
    let limited = served.append_v1(&id, 0, &video);
    assert_eq!(limited.status, 429);
    let number = |name: &str| limited.header(name).unwrap().parse::<u64>().unwrap();
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!((real - 86_400).abs_diff(number("x-rate-limit-reset") - 30) < 60);
    assert_eq!(number("x-rate-limit-remaining"), 0);
    assert_eq!(served.append_v1(&id, 1, b"x").status, 204);
    assert_eq!(served.append_v1(&id, 0, &video).status, 413);
    assert_eq!(served.append_v1(&id, 0, &video[..video.len() - 1]).status, 204);
    assert_eq!(served.append_v1(&id, 1, &video[video.len() - 1..]).status, 204);
    let info = served.finalize_v1(&id).json()["processing_info"].clone();
    assert_eq!((&info["state"], info.get("check_after_secs")), (&Value::from("pending"), None));
    let info = served.status_v1(&id).json()["processing_info"].clone();
    assert_eq!((&info["state"], &info["error"]["name"]), (&Value::from("in_progress"), &Value::from("InvalidMedia")));
    assert_eq!(served.settled_v1(&id)["state"], "succeeded");
}

fn served_segment(storage: &TempDir, id: &str) -> std::path::PathBuf {
    storage.path().join("s/uploads").join(id).join("0000.segment")
}

#[test]
fn only_those_with_the_credentials_are_let_in() {
    let values = ["key", "key secret", "token", "token secret", "bearer"];
    let variables: Vec<_> = NAMES.into_iter().zip(values).collect();
    let storage = TempDir::new().unwrap();
    let served = Served::with(storage.path(), &[], &variables);
    let keys = |secret: &str| {
        Credentials::OAuth1(OAuth1 {
            key: Secret::new("key"),
            secret: Secret::new(secret),
            token: Secret::new("token"),
            token_secret: Secret::new("token secret"),
        })
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let request = Request::Initialize {
        total_bytes: 10,
        media_type: "image/png".to_owned(),
        category: None,
        additional_owners: Vec::new(),
        shared: false,
    };
    let http = request.encode(Version::V1_1, Encoding::Raw, "").unwrap();
    let body = "command=INIT&total_bytes=10&media_type=image%2Fpng";
    let ask = |scheme: &str, secret: &str, nonce: &str, time: u64| {
        let endpoint = format!("{scheme}://{}", served.address).parse().unwrap();
        let header = keys(secret).authorization(&http, &endpoint, nonce, time);
        let form = "application/x-www-form-urlencoded";
        served.send("POST", V1, &[("Content-Type", form), ("Authorization", &header)], body.as_bytes())
    };
    assert_eq!(ask("http", "key secret", "1", now).status, 202);
    // What was seen is not let in again; a client behind something that takes TLS off signs https.
    assert_eq!(ask("http", "key secret", "1", now).status, 401);
    assert_eq!(ask("https", "key secret", "2", now).status, 202);
    assert_eq!(ask("http", "key secret", "3", now - 290).status, 202);
    assert_eq!(ask("http", "key secret", "4", now - 400).status, 401);
    assert_eq!(ask("http", "key secret", "5", now + 400).status, 401);
    let wrong = ask("http", "another", "6", now);
    assert_eq!((wrong.status, wrong.json()["errors"][0]["code"].as_u64()), (401, Some(32)));
    assert_eq!(wrong.json()["errors"][0]["message"], "Could not authenticate you.");

    assert_eq!(served.form(V1, body).status, 401);
    let bearer = |token: &str| {
        let headers = [("Content-Type", "application/json"), ("Authorization", token)];
        let body = b"{\"total_bytes\":10,\"media_type\":\"image/png\"}";
        served.send("POST", "/2/media/upload/initialize", &headers, body).status
    };
    assert_eq!(
        [bearer("Bearer bearer"), bearer("Bearer other"), bearer("Bearer "), bearer("Basic Zm9v")],
        [200, 401, 401, 401]
    );
    let subtitles = served.json("/1.1/media/subtitles/create.json", "{}");
    assert_eq!((subtitles.status, subtitles.json()["errors"][0]["code"].as_u64()), (403, Some(32)));
    assert_eq!(served.json("/2/media/subtitles", "{}").status, 401);
}

#[test]
fn without_credentials_of_the_environment_it_has_its_own_and_tells_them() {
    let storage = TempDir::new().unwrap();
    let served = Served::start(storage.path(), &[]);
    assert!(served.lines.last().unwrap().starts_with("credentials: none are set"), "{:?}", served.lines);
    assert_eq!(served.form(V1, "command=FINALIZE&media_id=1").status, 401);
    let status =
        served.send("GET", &format!("{V1}?command=STATUS&media_id=1"), &[("Authorization", "Bearer test-bearer")], b"");
    assert_eq!(status.status, 404);
}

#[test]
fn a_trace_tells_each_call_and_its_answer() {
    let storage = TempDir::new().unwrap();
    let mut served = Served::start(storage.path(), &["--no-auth", "--trace", "--fault", "any:2=cut-after"]);
    served.init_v1(10);
    assert_eq!(served.status_v1("7").status, 0);
    let told: Vec<String> = served.more.by_ref().take(4).map(Result::unwrap).collect();
    let init =
        "> POST /1.1/media/upload.json command=INIT total_bytes=10 media_type=video/mp4 media_category=tweet_video";
    assert_eq!(told[0], init);
    assert!(told[1].starts_with("< 202 {\"media_id\":"), "{told:?}");
    assert_eq!(
        told[2..],
        ["> GET /1.1/media/upload.json?command=STATUS&media_id=7", "< no answer: the connection is cut"]
    );
}

#[test]
fn wrong_usage_is_told() {
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = Command::cargo_bin("preflight").unwrap();
        for name in NAMES {
            command.env_remove(name);
        }
        let output = command.arg("serve").args(args).envs(variables.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = run(&[], &[("PREFLIGHT_API_KEY", "a"), ("PREFLIGHT_BEARER", "b")]);
    assert_eq!(code, Some(2));
    assert!(told.contains("PREFLIGHT_API_SECRET, PREFLIGHT_ACCESS_TOKEN, PREFLIGHT_ACCESS_SECRET"), "{told}");
    assert_eq!(run(&["--fault", "append=explode"], &[]).0, Some(2));
    assert_eq!(run(&["--tls-addr", "127.0.0.1:0"], &[]).0, Some(2));
    let (code, told) = run(&["--addr", "192.0.2.1:1"], &[]);
    assert_eq!(code, Some(3), "{told}");
}

#[test]
fn identifiers_are_odd_so_that_floats_do_not_carry_them() {
    let storage = TempDir::new().unwrap();
    let served = Served::start(storage.path(), &["--no-auth"]);
    let answer = served.form(V1, "command=INIT&total_bytes=10&media_type=image%2Fpng").json();
    let id: MediaId = answer["media_id_string"].as_str().unwrap().parse().unwrap();
    assert_eq!(answer["media_id"].as_u64(), Some(id.number()));
    #[expect(clippy::cast_precision_loss, reason = "the loss is what is looked for")]
    let float = id.number() as f64;
    assert_ne!(format!("{float:.0}"), id.to_string());
}

#[test]
fn the_demo_shows_the_whole_way() {
    let folder = TempDir::new().unwrap();
    for (api, call) in
        [("2", "> POST /2/media/upload/initialize"), ("1.1", "> POST /1.1/media/upload.json command=INIT")]
    {
        let mut command = Command::cargo_bin("preflight").unwrap();
        let output = command.args(["demo", "--api", api]).current_dir(folder.path()).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert_eq!(told.matches("every byte as in the file").count(), 3, "{told}");
        for part in [call, "subtitles", "alt_text", "fail      video-hevc.mp4: video-codec"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
    let output = Command::cargo_bin("preflight").unwrap().args(["demo", "gone.mp4"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(files(folder.path()), Vec::<String>::new());
}
