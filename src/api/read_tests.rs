//! Answers as recorded and documented, and what arbitrary bytes come to.

use proptest::prelude::*;

use super::*;
use crate::api::{Media, MediaId, RetryAfter};

const ID: u64 = 710_511_363_345_354_753;

fn id() -> MediaId {
    MediaId::new(ID).unwrap()
}

fn init() -> Request {
    Request::Initialize {
        total_bytes: 11_065,
        media_type: "image/jpeg".to_owned(),
        category: None,
        additional_owners: Vec::new(),
        shared: false,
    }
}

fn append() -> Request {
    Request::Append { id: id(), segment_index: 0, media: Media::Bytes(Vec::new()) }
}

fn read(request: &Request, status: u16, body: &str) -> Result<Answer, Box<ApiError>> {
    read_answer(Version::V1_1, request, status, &Headers::default(), body.as_bytes())
}

#[test]
fn documented_answers_of_v1_are_read() {
    let body = r#"{"media_id":710511363345354753,"media_id_string":"710511363345354753","media_key":"3_710511363345354753",
        "size":11065,"expires_after_secs":86400,"image":{"image_type":"image/jpeg","w":800,"h":320}}"#;
    let answer = read(&init(), 202, body).unwrap();
    assert_eq!(answer.id, Some(id()));
    assert_eq!(answer.media_key.unwrap().as_str(), "3_710511363345354753");
    assert_eq!(answer.size, Some(11_065));
    assert_eq!(answer.expires, Some(Expiry::AfterSecs(86_400)));
    assert_eq!(
        answer.image,
        Some(Image { image_type: Some("image/jpeg".to_owned()), width: Some(800), height: Some(320) })
    );

    let status = Request::Status { id: id() };
    let body = r#"{"media_id":710511363345354753,"media_id_string":"710511363345354753","processing_info":{"state":"failed",
        "progress_percent":12,"error":{"code":1,"name":"InvalidMedia","message":"Unsupported video format"}}}"#;
    let info = read(&status, 200, body).unwrap().processing.unwrap();
    assert_eq!(info.state, State::Failed);
    assert_eq!(info.progress_percent, Some(12));
    assert_eq!(info.error.unwrap().to_string(), "Unsupported video format (InvalidMedia, code 1)");
}

#[test]
fn answers_of_v2_stand_in_data() {
    let body = r#"{"data":{"id":"710511363345354753","media_key":"13_710511363345354753","size":7,"expires_after_secs":1295999,
        "processing_info":{"state":"pending","check_after_secs":1}}}"#;
    let answer = read(&Request::Finalize { id: id() }, 200, body).unwrap();
    assert_eq!(answer.id, Some(id()));
    assert_eq!(answer.expires, Some(Expiry::AfterSecs(1_295_999)));
    assert_eq!(answer.processing.unwrap().check_after_secs, Some(1));
    let answer = read(&append(), 200, r#"{"data":{"expires_at":1795161600}}"#).unwrap();
    assert_eq!(answer.expires, Some(Expiry::At(1_795_161_600)));
    let delete = Request::SubtitlesDelete {
        video: id(),
        category: crate::Category::TweetVideo,
        languages: vec!["en".to_owned()],
    };
    assert_eq!(read(&delete, 200, r#"{"data":{"deleted":true}}"#).unwrap().deleted, Some(true));
}

#[test]
fn empty_bodies_are_answers_where_nothing_is_needed() {
    for body in ["", " \r\n", "<html></html>", "null", "[]", "{}"] {
        assert_eq!(read(&append(), 204, body), Ok(Answer::default()), "{body}");
    }
    let error = read(&init(), 202, "").unwrap_err();
    assert_eq!(error.to_string(), "HTTP 202, but the answer to INIT of version 1.1 is no JSON object");
    assert_eq!(read(&init(), 200, "{}").unwrap_err().to_string(), "HTTP 200, but the answer to INIT names no media id");
}

#[test]
fn the_string_of_an_identifier_wins_and_floats_are_refused() {
    let body = r#"{"media_id":710511363345354800,"media_id_string":"710511363345354753"}"#;
    assert_eq!(read(&init(), 200, body).unwrap().id, Some(id()));
    assert_eq!(read(&init(), 200, r#"{"media_id":710511363345354753}"#).unwrap().id, Some(id()));
    for body in
        [r#"{"media_id":7.10511363345354753e17}"#, r#"{"media_id":-1}"#, r#"{"media_id":0}"#, r#"{"media_id":[]}"#]
    {
        assert!(read(&init(), 200, body).is_err(), "{body}");
    }
    let other = read(&Request::Status { id: id() }, 200, r#"{"media_id_string":"5"}"#).unwrap_err();
    assert_eq!(other.to_string(), "HTTP 200, but the answer to STATUS of 710511363345354753 is about 5");
    assert_eq!(read(&Request::Status { id: id() }, 200, "{}").unwrap().id, Some(id()));
}

#[test]
fn an_error_while_in_progress_is_kept() {
    let body =
        r#"{"processing_info":{"state":"in_progress","progress_percent":140,"error":{"message":"file is invalid"}}}"#;
    let info = read(&Request::Status { id: id() }, 200, body).unwrap().processing.unwrap();
    assert_eq!(info.state, State::InProgress);
    assert_eq!(info.progress_percent, Some(100));
    assert!(info.has_failed());
    let body = r#"{"processing_info":{"error":"broken"}}"#;
    let info = read(&Request::Status { id: id() }, 200, body).unwrap().processing.unwrap();
    assert_eq!((info.state, info.error.unwrap().to_string()), (State::Failed, "broken".to_owned()));
    let body = r#"{"processing_info":{"state":"waiting","check_after_secs":"7"}}"#;
    let info = read(&Request::Status { id: id() }, 200, body).unwrap().processing.unwrap();
    assert_eq!((info.state, info.check_after_secs), (State::Other("waiting".to_owned()), Some(7)));
}

#[test]
fn every_shape_of_error_is_read() {
    let item = |code, message: &str| ErrorItem { code, message: message.to_owned() };
    let shown = |status, body: &str| read(&init(), status, body).unwrap_err().to_string();
    for (status, body, expected) in [
        (
            400,
            r#"{"request":"/1.1/media/upload.json","error":"Segments do not add up to provided total file size."}"#,
            "HTTP 400: Segments do not add up to provided total file size.",
        ),
        (
            400,
            r#"{"errors":[{"code":38,"message":"media parameter is missing."}]}"#,
            "HTTP 400: media parameter is missing. (code 38)",
        ),
        (
            401,
            r#"{"errors":[{"code":"32","message":"Could not authenticate you."}]}"#,
            "HTTP 401: Could not authenticate you. (code 32)",
        ),
        (500, r#"{"errors":["internal server error"]}"#, "HTTP 500: internal server error"),
        (500, r#"{"errors":"broken"}"#, "HTTP 500: broken"),
        (
            400,
            r#"{"error":{"code":44,"message":"media parameter is invalid."}}"#,
            "HTTP 400: media parameter is invalid. (code 44)",
        ),
        (
            400,
            r#"{"errors":[{"message":"Request body is not valid JSON."}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}"#,
            "HTTP 400: Request body is not valid JSON.",
        ),
        (403, r#"{"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}"#, "HTTP 403: Forbidden"),
        (429, r#"{"message":"slow down"}"#, "HTTP 429: slow down"),
        (503, r#"{"errors":[]}"#, "HTTP 503 without a word of the server"),
        (413, "", "HTTP 413 without a word of the server"),
        (502, "<html>Bad Gateway</html>", "HTTP 502: <html>Bad Gateway</html>"),
        (302, "", "HTTP 302 without a word of the server"),
        (200, r#"{"errors":[{"code":324,"message":"Not valid video"}]}"#, "HTTP 200: Not valid video (code 324)"),
        (
            200,
            r#"{"request":"/1.1/media/upload.json","error":"media type unrecognized."}"#,
            "HTTP 200: media type unrecognized.",
        ),
    ] {
        assert_eq!(shown(status, body), expected, "{body}");
    }
    let error = read(&append(), 200, r#"{"errors":["a",{"detail":"b"},{"code":3},7]}"#).unwrap_err();
    assert_eq!(error.errors, [item(None, "a"), item(None, "b"), item(Some(3), "")]);
}

#[test]
fn the_rate_limit_comes_with_the_refusal() {
    let headers = [("retry-after", "9"), ("x-rate-limit-remaining", "0")].into_iter().collect();
    let error = read_answer(Version::V2, &init(), 429, &headers, b"").unwrap_err();
    assert_eq!(error.rate.retry_after, Some(RetryAfter::Secs(9)));
    assert_eq!(error.rate.remaining, Some(0));
}

#[test]
fn a_long_body_is_cut() {
    let error = read(&init(), 500, &"é".repeat(10_000)).unwrap_err();
    assert_eq!(error.text.unwrap().chars().count(), MOST_TEXT);
}

fn requests() -> impl Strategy<Value = Request> {
    prop_oneof![Just(init()), Just(append()), Just(Request::Finalize { id: id() }), Just(Request::Status { id: id() })]
}

/// JSON whose member names are those that are looked for.
fn json() -> impl Strategy<Value = Value> {
    const NAMES: &[&str] = &[
        "data",
        "id",
        "media_id",
        "media_id_string",
        "media_key",
        "size",
        "expires_at",
        "processing_info",
        "state",
        "error",
        "errors",
        "code",
        "message",
        "image",
        "w",
        "deleted",
        "progress_percent",
        "title",
        "detail",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9 ]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(NAMES), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(request in requests(), status in any::<u16>(), body in any::<Vec<u8>>()) {
        let answer = read_answer(Version::V2, &request, status, &Headers::default(), &body);
        if let Err(error) = &answer {
            prop_assert!(error.to_string().len() < 4096);
        }
        prop_assert!((200..300).contains(&status) || answer.is_err());
    }

    #[test]
    fn arbitrary_json_never_panics_and_never_answers_for_another(request in requests(), json in json()) {
        let body = json.to_string();
        if let Ok(answer) = read_answer(Version::V2, &request, 200, &Headers::default(), body.as_bytes()) {
            match request {
                Request::Initialize { .. } => prop_assert!(answer.id.is_some()),
                Request::Finalize { id } | Request::Status { id } => prop_assert_eq!(answer.id, Some(id)),
                _ => {}
            }
        }
    }
}
