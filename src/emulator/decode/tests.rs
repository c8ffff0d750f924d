//! Requests as real clients send them, and as none should.

use super::*;
use crate::api::Method;
use crate::emulator::store::memory::MemoryStore;

/// Decodes a request whose body arrives in pieces of that length.
fn decoded(
    method: Method,
    target: &str,
    content_type: Option<&str>,
    body: &[u8],
    piece: usize,
) -> Result<(Request, Option<Vec<u8>>), Refusal> {
    let store = MemoryStore::default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let route = Route::of(method, path).ok_or(Refusal::NoSuchPage)?;
    let mut intake = Intake::new(&store, route.call, content_type)?;
    for piece in body.chunks(piece) {
        intake.push(bytes::Bytes::copy_from_slice(piece))?;
    }
    let received = intake.finish()?;
    let (request, spool) = request(route, Fields::parse(query.as_bytes()), received, &store)?;
    Ok((request, spool.map(|spool| spool.0)))
}

/// Decodes a POST in pieces of many lengths, which all give the same.
fn post(target: &str, content_type: Option<&str>, body: &[u8]) -> Result<(Request, Option<Vec<u8>>), Refusal> {
    let whole = decoded(Method::Post, target, content_type, body, body.len().max(1));
    for piece in [1, 2, 3, 7, 31, 64] {
        assert_eq!(decoded(Method::Post, target, content_type, body, piece), whole, "pieces of {piece}");
    }
    whole
}

const V1: &str = "/1.1/media/upload.json";

fn appended(id: u64, segment_index: u16, bytes: &[u8]) -> Result<(Request, Option<Vec<u8>>), Refusal> {
    let media = Media::Range { offset: 0, length: bytes.len() as u64 };
    Ok((Request::Append { id: MediaId::new(id).unwrap(), segment_index, media }, Some(bytes.to_vec())))
}

#[test]
fn segments_in_parts_are_read_however_clients_write_them() {
    let media = b"\x00\r\n--\r\n--B\xFF\r\n--BOUNDAR\r\n\r\n";
    let part =
        |head: &str, content: &[u8]| [b"--BOUNDARY\r\n", head.as_bytes(), b"\r\n\r\n", content, b"\r\n"].concat();
    let field =
        |name: &str, value: &str| part(&format!("Content-Disposition: form-data; name=\"{name}\""), value.as_bytes());
    let fields = [field("command", "APPEND"), field("media_id", "7"), field("segment_index", "3")].concat();
    for (content_type, head) in [
        ("multipart/form-data; boundary=BOUNDARY", "Content-Disposition: form-data; name=\"media\""),
        ("multipart/form-data, boundary=BOUNDARY", "content-disposition: form-data; name=media"),
        (
            "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"BOUNDARY\"",
            "Content-Type: application/octet-stream\r\nContent-Disposition: form-data; filename=\"C:\\new\\a.mp4\"; name=\"media\"",
        ),
        (
            "multipart/form-data; boundary=BOUNDARY; charset=x",
            "Content-Disposition: form-data; name=\"media\"; filename=\"../../etc/a \\\"b\\\";c.mp4\"\r\nContent-Transfer-Encoding: binary",
        ),
    ] {
        let first = [part(head, media), fields.clone(), b"--BOUNDARY--".to_vec()].concat();
        let last = [b"preamble\r\n".to_vec(), fields.clone(), part(head, media), b"--BOUNDARY--\r\nepilogue".to_vec()]
            .concat();
        for body in [first, last] {
            assert_eq!(post(V1, Some(content_type), &body), appended(7, 3, media), "{head}");
        }
    }
}
