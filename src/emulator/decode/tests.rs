//! Requests as real clients send them, and as none should.

use super::*;
use crate::api::{Method, Subtitle, UserId};
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

#[test]
fn media_may_be_base64_in_a_part_a_form_the_query_or_json() {
    let bytes = b"\x00\x01\xFE\xFF media";
    let text = "AAH+/yBtZWRpYQ==";
    let escaped = "AAH%2B%2FyBtZWRpYQ%3D%3D";
    let expected = appended(7, 3, bytes);
    let multipart = Some("multipart/form-data; boundary=B");
    let form = Some("application/x-www-form-urlencoded");
    let json = Some("application/json; charset=utf-8");
    let fields = "--B\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\nAPPEND\r\n--B\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n3\r\n";
    let in_part = format!(
        "{fields}--B\r\nContent-Disposition: form-data; name=\"media\"\r\nContent-Transfer-Encoding: BASE64\r\n\r\nAAH+\r\n/yBt\r\nZWRpYQ==\r\n--B--\r\n"
    );
    let in_data =
        format!("{fields}--B\r\nContent-Disposition: form-data; name=\"media_data\"\r\n\r\n{text}\r\n--B--\r\n");
    assert_eq!(post(&format!("{V1}?media_id=7"), multipart, in_part.as_bytes()), expected);
    assert_eq!(post(&format!("{V1}?media_id=7"), multipart, in_data.as_bytes()), expected);
    for name in ["media_data", "media"] {
        let body = format!("command=APPEND&{name}={escaped}&segment_index=3&media_id=7");
        assert_eq!(post(V1, form, body.as_bytes()), expected);
    }
    let query = format!("{V1}?command=APPEND&media_id=7&segment_index=3&media_data={escaped}");
    assert_eq!(post(&query, None, b""), expected);
    for index in ["3", "\"3\""] {
        let body = format!("{{\"x\":[1,{{}}],\"segment_index\":{index},\"media\":\"{}\"}}", text.replace('/', "\\/"));
        assert_eq!(post("/2/media/upload/7/append", json, body.as_bytes()), expected);
        assert_eq!(post("/2/media/upload?command=APPEND&media_id=7", json, body.as_bytes()), expected);
        for id in ["7", "\"7\""] {
            let body = body.replacen('{', &format!("{{\"command\":\"APPEND\",\"media_id\":{id},"), 1);
            assert_eq!(post("/2/media/upload", json, body.as_bytes()), expected);
        }
    }
}

#[test]
fn json_says_what_is_asked_however_long_it_is() {
    let json = Some("application/json");
    let text = "AAAA".repeat(MAX_SMALL / 4 + 1);
    let body = format!("{{\"media\":\"{text}\",\"segment_index\":3,\"command\":\"APPEND\",\"media_id\":7}}");
    let bytes = vec![0; text.len() / 4 * 3];
    let whole = decoded(Method::Post, "/2/media/upload", json, body.as_bytes(), body.len());
    assert_eq!(whole, appended(7, 3, &bytes));
    let wrong = body.replace("\"media_id\":7", "\"media_id\":\"x\"");
    let refused = decoded(Method::Post, "/2/media/upload", json, wrong.as_bytes(), wrong.len());
    assert_eq!(refused, Err(Refusal::Invalid("media_id")));
}

#[test]
fn an_empty_body_is_no_fault_whatever_its_type_says() {
    let target = format!("{V1}?command=INIT&media_type=image%2Fjpeg&total_bytes=5");
    let expected = post(&target, Some("application/x-www-form-urlencoded"), b"");
    assert!(matches!(&expected, Ok((Request::Initialize { total_bytes: 5, .. }, None))), "{expected:?}");
    assert_eq!(post(&target, Some("multipart/form-data; boundary=XX"), b""), expected);
    assert!(post(&target, Some("multipart/form-data; boundary=XX"), b"--XX\r\n").is_err());
}

#[test]
fn media_come_once_and_are_held_at_their_length() {
    let multipart = Some("multipart/form-data; boundary=B");
    let part = |name: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nAAAA\r\n");
    for (first, second) in [("media", "media"), ("media", "media_data"), ("media_data", "media")] {
        let body = format!("{}{}--B--", part(first), part(second));
        assert_eq!(post(V1, multipart, body.as_bytes()), Err(Refusal::Invalid("media")));
    }
    let both = b"command=APPEND&media_id=7&segment_index=0&media=AAAA&media_data=AAAA";
    assert_eq!(post(V1, Some("application/x-www-form-urlencoded"), both), Err(Refusal::Invalid("media")));

    // "It must be <= 5 MB": of media the bytes, of media_data the text.
    let most = MAX_SEGMENT as usize;
    let whole = |name: &str, head: &str, content: &[u8]| {
        let head = format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{head}\r\n");
        let body = [head.as_bytes(), content, b"\r\n--B--\r\n"].concat();
        let target = format!("{V1}?command=APPEND&media_id=7&segment_index=0");
        decoded(Method::Post, &target, multipart, &body, 1 << 16).map(|(_, media)| media.unwrap().len())
    };
    assert_eq!(whole("media", "", &vec![b'x'; most]), Ok(most));
    assert_eq!(whole("media", "", &vec![b'x'; most + 1]), Err(Refusal::TooLarge(MAX_SEGMENT)));
    assert_eq!(whole("media_data", "", &vec![b'A'; most]), Ok(most / 4 * 3));
    assert_eq!(whole("media_data", "", &vec![b'A'; most + 4]), Err(Refusal::TooLarge(MAX_SEGMENT)));
    let encoded = "Content-Transfer-Encoding: base64\r\n";
    assert_eq!(whole("media", encoded, &vec![b'A'; most / 3 * 4]), Ok(most / 3 * 3));
    assert_eq!(whole("media", encoded, &vec![b'A'; most / 3 * 4 + 4]), Err(Refusal::TooLarge(MAX_SEGMENT)));
}

#[test]
fn init_is_read_from_a_form_parts_the_query_or_json() {
    let expected = Request::Initialize {
        total_bytes: 10_240,
        media_type: "video/mp4".to_owned(),
        category: Some(Category::TweetVideo),
        additional_owners: vec![UserId::new(1).unwrap(), UserId::new(2).unwrap()],
        shared: true,
    };
    let query = "command=INIT&total_bytes=10240&media_type=video%2Fmp4&media_category=TweetVideo&additional_owners=1,2&shared=true";
    let form = Some("application/x-www-form-urlencoded; charset=utf-8");
    let parts: String = Fields::parse(query.as_bytes())
        .0
        .iter()
        .map(|(name, value)| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect::<Vec<_>>()
        .concat();
    let json = "{\"total_bytes\":10240,\"media_type\":\"video/mp4\",\"media_category\":\"tweet_video\",\"additional_owners\":[1,\"2\"],\"shared\":true}";
    let with_command = json.replacen('{', "{\"command\":\"INIT\",", 1);
    let v2 = "/2/media/upload";
    for (target, content_type, body) in [
        (V1.to_owned(), form, query.to_owned()),
        (v2.to_owned(), form, query.to_owned()),
        (format!("{V1}?{query}"), None, String::new()),
        (format!("{v2}?{query}"), None, String::new()),
        (V1.to_owned(), Some("multipart/form-data; boundary=B"), format!("{parts}--B--\r\n")),
        ("/2/media/upload/initialize".to_owned(), Some("application/json"), json.to_owned()),
        ("/2/media/upload?command=INIT".to_owned(), Some("application/json"), json.to_owned()),
        (v2.to_owned(), Some("application/json"), with_command),
    ] {
        assert_eq!(post(&target, content_type, body.as_bytes()), Ok((expected.clone(), None)), "{target} {body}");
    }
}

#[test]
fn finalize_and_status_are_read_however_they_come() {
    let id = MediaId::new(7).unwrap();
    let json = Some("application/json");
    for (target, content_type, body) in [
        (V1, Some("application/x-www-form-urlencoded"), "command=FINALIZE&media_id=7"),
        ("/1.1/media/upload.json?command=FINALIZE&media_id=7", None, ""),
        ("/2/media/upload/7/finalize", None, ""),
        ("/2/media/upload/7/finalize", json, ""),
        ("/2/media/upload/7/finalize", json, "{}"),
        ("/2/media/upload", json, "{\"command\":\"FINALIZE\",\"media_id\":\"7\"}"),
    ] {
        assert_eq!(
            post(target, content_type, body.as_bytes()),
            Ok((Request::Finalize { id }, None)),
            "{target} {body}"
        );
    }
    for target in [
        "/1.1/media/upload.json?command=STATUS&media_id=7",
        "/1.1/media/upload.json?media_id=7&command=STATUS",
        "/2/media/upload?media_id=7&command=STATUS",
        "/2/media/upload?media_id=7",
    ] {
        assert_eq!(decoded(Method::Get, target, None, b"", 1), Ok((Request::Status { id }, None)), "{target}");
    }
    let status = "/1.1/media/upload.json?command=INIT&media_id=7";
    assert_eq!(decoded(Method::Get, status, None, b"", 1), Err(Refusal::Invalid("command")));
}

#[test]
fn what_is_attached_is_read_in_both_versions() {
    let (id, video) = (MediaId::new(7).unwrap(), MediaId::new(9_007_199_254_740_993).unwrap());
    let text = Request::Metadata { id, alt_text: "a cat".to_owned() };
    let v1 = "/1.1/media/metadata/create.json";
    for (target, content_type, body) in [
        (v1, Some("application/json; charset=UTF-8"), "{\"media_id\":\"7\",\"alt_text\":{\"text\":\"a cat\"}}"),
        (v1, Some("text/plain; charset=UTF-8"), "{\"media_id\":7,\"alt_text\":{\"text\":\"a cat\"}}"),
        (v1, None, "{\"media_id\":7,\"alt_text\":{\"text\":\"a cat\"}}"),
        (
            "/2/media/metadata",
            Some("application/json"),
            "{\"id\":\"7\",\"metadata\":{\"alt_text\":{\"text\":\"a cat\"}}}",
        ),
        (
            "/2/media/metadata/create",
            Some("application/json"),
            "{\"id\":7,\"metadata\":{\"alt_text\":{\"text\":\"a cat\"}}}",
        ),
    ] {
        assert_eq!(post(target, content_type, body.as_bytes()), Ok((text.clone(), None)), "{target} {body}");
    }
    let subtitle = Subtitle { id, language_code: "EN".to_owned(), display_name: "English".to_owned() };
    let category = Category::TweetVideo;
    let create = Request::SubtitlesCreate { video, category, subtitles: vec![subtitle] };
    let delete = Request::SubtitlesDelete { video, category, languages: vec!["EN".to_owned()] };
    let head_v1 = "\"media_id\":9007199254740993,\"media_category\":\"TweetVideo\"";
    let head_v2 = "\"id\":\"9007199254740993\",\"media_category\":\"TweetVideo\"";
    let one_v2 = "{\"id\":\"7\",\"language_code\":\"EN\",\"display_name\":\"English\"}";
    for (method, target, body, request) in [
        (
            Method::Post,
            "/1.1/media/subtitles/create.json",
            format!(
                "{{{head_v1},\"subtitle_info\":{{\"subtitles\":[{{\"media_id\":\"7\",\"language_code\":\"EN\",\"display_name\":\"English\"}}]}}}}"
            ),
            &create,
        ),
        (Method::Post, "/2/media/subtitles", format!("{{{head_v2},\"subtitles\":{one_v2}}}"), &create),
        (Method::Post, "/2/media/subtitles/create", format!("{{{head_v2},\"subtitles\":[{one_v2}]}}"), &create),
        (
            Method::Post,
            "/1.1/media/subtitles/delete.json",
            format!("{{{head_v1},\"subtitle_info\":{{\"subtitles\":[{{\"language_code\":\"EN\"}}]}}}}"),
            &delete,
        ),
        (Method::Delete, "/2/media/subtitles", format!("{{{head_v2},\"language_code\":\"EN\"}}"), &delete),
        (Method::Post, "/2/media/subtitles/delete", format!("{{{head_v2},\"language_code\":\"EN\"}}"), &delete),
    ] {
        let read = decoded(method, target, Some("application/json"), body.as_bytes(), 10);
        assert_eq!(read, Ok((request.clone(), None)), "{target} {body}");
    }
    // The example of the documents is no JSON: bare pairs stand inside a list.
    let example = format!("{{{head_v1},\"subtitle_info\":{{\"subtitles\":[\"language_code\":\"EN\"]}}}}");
    assert_eq!(
        post("/1.1/media/subtitles/delete.json", Some("application/json"), example.as_bytes()),
        Err(Refusal::NotJson)
    );
    let of_image = format!("{{{},\"subtitles\":{one_v2}}}", head_v2.replace("TweetVideo", "TweetImage"));
    let refused = Err(Refusal::Invalid("media_category"));
    assert_eq!(post("/2/media/subtitles", Some("application/json"), of_image.as_bytes()), refused);
}

/// Reads a whole body with the reader of parts alone: names and contents, or the error.
fn parts_of(body: &[u8], cuts: &[usize]) -> Result<Vec<(String, Vec<u8>)>, MultipartError> {
    let mut reader = Multipart::new("multipart/form-data; boundary=--x")?;
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut rest = bytes::Bytes::copy_from_slice(body);
    for cut in cuts.iter().copied().chain([usize::MAX]) {
        reader.push(rest.split_to(cut.min(rest.len())));
        while let Some(event) = reader.next()? {
            match event {
                Event::Begin(head) => parts.push((head.name, Vec::new())),
                Event::Content(bytes) => {
                    assert!(!bytes.is_empty());
                    parts.last_mut().unwrap().1.extend_from_slice(&bytes);
                }
                Event::End => {}
            }
        }
    }
    reader.finish().map(|()| parts)
}

proptest::proptest! {
    #[test]
    fn parts_are_the_same_however_the_body_is_cut(
        contents in proptest::collection::vec("(\r|\n|-|x|\r\n----|\r\n----x?y?|\\PC){0,30}", 1..4),
        cuts in proptest::collection::vec(0..40_usize, 0..40),
    ) {
        // Content that holds the delimiter cannot be sent with it.
        let contents: Vec<String> = contents.into_iter().map(|text| text.replace("\r\n----x", "")).collect();
        let mut body = Vec::new();
        for (place, content) in contents.iter().enumerate() {
            body.extend_from_slice(format!("----x\r\nContent-Disposition: form-data; name={place}\r\n\r\n{content}\r\n").as_bytes());
        }
        body.extend_from_slice(b"----x--");
        let expected = contents.iter().enumerate().map(|(place, content)| (place.to_string(), content.clone().into_bytes()));
        if contents.iter().all(|content| !content.contains("\r\n----x")) {
            proptest::prop_assert_eq!(parts_of(&body, &cuts), Ok(expected.collect()));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_alike_however_they_are_cut(
        body in proptest::collection::vec(proptest::sample::select(b"\r\n\r\n----xx: =;\"aContent-Disposition".to_vec()), 0..200),
        cuts in proptest::collection::vec(0..20_usize, 0..40),
    ) {
        proptest::prop_assert_eq!(parts_of(&body, &cuts).ok(), parts_of(&body, &[]).ok());
    }
}

#[test]
fn bodies_with_parts_are_bounded() {
    let part = "----x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
    assert_eq!(parts_of(format!("{}----x--", part.repeat(64)).as_bytes(), &[]).unwrap().len(), 64);
    assert_eq!(parts_of(format!("{}----x--", part.repeat(65)).as_bytes(), &[]), Err(MultipartError::TooMuch));
    let long = format!("----x\r\nX: {}", "a".repeat(20_000));
    assert!(matches!(parts_of(long.as_bytes(), &[]), Err(MultipartError::Header { part: 1, .. })));
    let preamble = "a".repeat(2000);
    assert_eq!(parts_of(preamble.as_bytes(), &[]), Err(MultipartError::TooMuch));
    for (body, error) in [
        ("----x\n", MultipartError::BareLineFeed),
        ("----x\r\nA: b\n\r\n", MultipartError::BareLineFeed),
        ("----xy\r\n", MultipartError::Boundary),
        ("----x\r\n\r\n", MultipartError::Header { part: 1, why: "names no field" }),
        ("----x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\n----x--", MultipartError::Unfinished),
        ("", MultipartError::Unfinished),
    ] {
        assert_eq!(parts_of(body.as_bytes(), &[]), Err(error), "{body:?}");
    }
    for content_type in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a"] {
        assert!(Multipart::new(content_type).is_err(), "{content_type}");
    }
    assert!(Multipart::new(&format!("multipart/form-data; boundary={}", "b".repeat(71))).is_err());
}
