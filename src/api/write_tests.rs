//! Answers to the byte, and that what is written is read again.

use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::Category;
use crate::api::{Image, Media, ProcessingError, ProcessingInfo, RateLimit, RetryAfter, State, Video, read_answer};

fn id() -> MediaId {
    MediaId::new(710_511_363_345_354_753).unwrap()
}

fn init() -> Request {
    Request::Initialize {
        total_bytes: 1,
        media_type: "video/mp4".to_owned(),
        category: None,
        additional_owners: Vec::new(),
        shared: false,
    }
}

fn append() -> Request {
    Request::Append { id: id(), segment_index: 0, media: Media::Bytes(Vec::new()) }
}

fn subtitles() -> Request {
    let subtitle = Subtitle { id: id(), language_code: "EN".to_owned(), display_name: "English".to_owned() };
    Request::SubtitlesCreate { video: id(), category: Category::TweetVideo, subtitles: vec![subtitle] }
}

fn shown(response: &HttpResponse) -> String {
    format!("{} {}", response.status, String::from_utf8_lossy(&response.body))
}

#[test]
fn answers_are_those_of_the_documents() {
    let answer = Answer { id: Some(id()), expires: Some(Expiry::AfterSecs(86_400)), ..Answer::default() };
    let write = |version, request: &Request| shown(&write_answer(version, request, &answer));
    let v1 = r#"{"media_id":710511363345354753,"media_id_string":"710511363345354753","expires_after_secs":86400}"#;
    assert_eq!(write(Version::V1_1, &init()), format!("202 {v1}"));
    assert_eq!(write(Version::V1_1, &append()), "204 ");
    assert_eq!(write(Version::V1_1, &Request::Finalize { id: id() }), format!("201 {v1}"));
    assert_eq!(write(Version::V1_1, &Request::Status { id: id() }), format!("200 {v1}"));
    assert_eq!(write(Version::V1_1, &subtitles()), "200 ");
    assert_eq!(write(Version::V2, &init()), r#"200 {"data":{"id":"710511363345354753","expires_after_secs":86400}}"#);
    assert_eq!(
        write(Version::V2, &Request::Metadata { id: id(), alt_text: "a cat".to_owned() }),
        r#"200 {"data":{"id":"710511363345354753","associated_metadata":{"alt_text":{"text":"a cat"}}}}"#
    );
    assert_eq!(
        write(Version::V2, &subtitles()),
        r#"200 {"data":{"id":"710511363345354753","media_category":"TweetVideo","associated_subtitles":{"id":"710511363345354753","language_code":"EN","display_name":"English"}}}"#
    );
}

#[test]
fn refusals_have_the_shapes_that_were_seen() {
    for (error, expected) in [
        (
            ApiError::coded(401, 32, "Could not authenticate you."),
            r#"401 {"errors":[{"code":32,"message":"Could not authenticate you."}]}"#,
        ),
        (
            ApiError::of_request(400, "/1.1/media/upload.json", "media type unrecognized."),
            r#"400 {"request":"/1.1/media/upload.json","error":"media type unrecognized."}"#,
        ),
        (
            ApiError::invalid_request("BadRequest: Not found"),
            r#"400 {"errors":[{"message":"BadRequest: Not found"}],"title":"Invalid Request","type":"https://api.twitter.com/2/problems/invalid-request","detail":"One or more parameters to your request was invalid."}"#,
        ),
        (
            ApiError::problem(403, "Forbidden"),
            r#"403 {"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}"#,
        ),
        (ApiError::words(500, "internal server error"), r#"500 {"errors":["internal server error"]}"#),
        (ApiError::silent(413), "413 "),
    ] {
        let response = write_error(&error);
        assert_eq!(shown(&response), expected);
        let read = read_answer(Version::V2, &init(), response.status, &response.headers, &response.body);
        assert_eq!(*read.unwrap_err(), error);
    }
}

#[test]
fn a_refusal_carries_the_rate_limit() {
    let rate = RateLimit {
        limit: Some(1875),
        remaining: Some(0),
        reset: Some(1_795_161_600),
        retry_after: Some(RetryAfter::Secs(30)),
        date: Some(1_795_161_570),
    };
    let response = write_error(&ApiError { rate, ..ApiError::silent(429) });
    let error = read_answer(Version::V2, &init(), response.status, &response.headers, &response.body).unwrap_err();
    assert_eq!(error.rate, rate);
}

fn text() -> impl Strategy<Value = Option<String>> {
    option::of("[ -~é\u{0}\n]{1,12}")
}

fn processing() -> impl Strategy<Value = ProcessingInfo> {
    let state = prop_oneof![
        Just(State::Pending),
        Just(State::InProgress),
        Just(State::Succeeded),
        Just(State::Failed),
        Just(State::Other("queued".to_owned())),
    ];
    let error = (option::of(any::<u64>()), text(), text()).prop_map(|(code, name, message)| ProcessingError {
        code,
        name,
        message,
    });
    (state, option::of(any::<u64>()), option::of(0..=100_u8), option::of(error)).prop_map(
        |(state, check_after_secs, progress_percent, error)| ProcessingInfo {
            state,
            check_after_secs,
            progress_percent,
            error,
        },
    )
}

prop_compose! {
    fn answers()(
        number in 1..=u64::MAX,
        key in option::of("[0-9]{1,2}_[0-9]{1,19}"),
        size in option::of(any::<u64>()),
        expires in option::of((any::<bool>(), any::<u64>())),
        image in option::of((text(), option::of(any::<u64>()), option::of(any::<u64>()))),
        video in option::of(text()),
        processing in option::of(processing()),
    ) -> Answer {
        Answer {
            id: MediaId::new(number),
            media_key: key.map(|key| key.parse().unwrap()),
            size,
            expires: expires.map(|(at, value)| if at { Expiry::At(value) } else { Expiry::AfterSecs(value) }),
            image: image.map(|(image_type, width, height)| Image { image_type, width, height }),
            video: video.map(|video_type| Video { video_type }),
            processing,
            deleted: None,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(answer in answers(), v2 in any::<bool>(), which in 0..4) {
        let version = if v2 { Version::V2 } else { Version::V1_1 };
        let id = answer.id.unwrap();
        let request = match which {
            0 => init(),
            1 => Request::Finalize { id },
            2 => Request::Status { id },
            _ => Request::Simple { media: Media::Bytes(Vec::new()), category: None, additional_owners: Vec::new() },
        };
        let response = write_answer(version, &request, &answer);
        let read = read_answer(version, &request, response.status, &response.headers, &response.body);
        prop_assert_eq!(read.unwrap(), answer);
    }

    #[test]
    fn refusals_are_read_as_they_were_written(
        status in 400..600_u16,
        shape in 0..6,
        code in any::<u64>(),
        message in "[ -~é\u{0}\n]{1,12}",
        reset in option::of(any::<u64>()),
    ) {
        let error = match shape {
            0 => ApiError::coded(status, code, message),
            1 => ApiError::of_request(status, "/1.1/media/upload.json", message),
            2 => ApiError { status, ..ApiError::invalid_request(message) },
            3 => ApiError::problem(status, &message),
            4 => ApiError::words(status, message),
            _ => ApiError::silent(status),
        };
        let error = ApiError { rate: RateLimit { reset, ..RateLimit::default() }, ..error };
        let response = write_error(&error);
        let read = read_answer(Version::V2, &init(), response.status, &response.headers, &response.body);
        prop_assert_eq!(*read.unwrap_err(), error);
    }
}
