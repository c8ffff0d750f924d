//! What goes over the wire, to the byte.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::api::{Piece, Route, RouteCall};

fn id(number: u64) -> MediaId {
    MediaId::new(number).unwrap()
}

/// The first line, the content type and the body.
fn wire(request: &Request, version: Version, encoding: Encoding) -> String {
    let http = request.encode(version, encoding, "BOUNDARY").unwrap();
    let body: Vec<u8> = http
        .pieces()
        .into_iter()
        .flat_map(|piece| match piece {
            Piece::Bytes(bytes) | Piece::Media(Media::Bytes(bytes)) => bytes,
            Piece::Base64(Media::Bytes(bytes)) => STANDARD.encode(bytes).into_bytes(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(body.len() as u64, http.content_length());
    let content_type = http.content_type.as_deref().unwrap_or("-");
    let body = String::from_utf8(body).unwrap().replace('\r', "");
    format!("{} {}\n{content_type}\n{body}", http.method, http.target())
}

fn initialize() -> Request {
    Request::Initialize {
        total_bytes: 4_430_752,
        media_type: "video/mp4".to_owned(),
        category: Some(Category::TweetVideo),
        additional_owners: vec![UserId::new(3_805_104_374).unwrap(), UserId::new(2).unwrap()],
        shared: false,
    }
}

fn bare_initialize() -> Request {
    Request::Initialize {
        total_bytes: 1,
        media_type: "image/png".to_owned(),
        category: None,
        additional_owners: Vec::new(),
        shared: true,
    }
}

fn append() -> Request {
    Request::Append { id: id(123), segment_index: 2, media: Media::Bytes(b"bytes".to_vec()) }
}

fn simple() -> Request {
    Request::Simple {
        media: Media::Bytes(b"GIF".to_vec()),
        category: None,
        additional_owners: vec![UserId::new(9).unwrap()],
    }
}

fn subtitle(language: &str) -> Subtitle {
    Subtitle { id: id(105), language_code: language.to_owned(), display_name: "English".to_owned() }
}

fn create(subtitles: Vec<Subtitle>) -> Request {
    Request::SubtitlesCreate { video: id(692), category: Category::TweetVideo, subtitles }
}

fn delete(languages: &[&str]) -> Request {
    let languages = languages.iter().map(|&language| language.to_owned()).collect();
    Request::SubtitlesDelete { video: id(692), category: Category::AmplifyVideo, languages }
}

#[test]
fn v1_init_and_finalize_are_forms() {
    assert_eq!(
        wire(&initialize(), Version::V1_1, Encoding::Raw),
        "POST /1.1/media/upload.json\napplication/x-www-form-urlencoded\n\
         command=INIT&total_bytes=4430752&media_type=video%2Fmp4&media_category=tweet_video&additional_owners=3805104374%2C2"
    );
    assert_eq!(
        wire(&bare_initialize(), Version::V1_1, Encoding::Raw),
        "POST /1.1/media/upload.json\napplication/x-www-form-urlencoded\n\
         command=INIT&total_bytes=1&media_type=image%2Fpng&shared=true"
    );
    assert_eq!(
        wire(&Request::Finalize { id: id(710_511_363_345_354_753) }, Version::V1_1, Encoding::Raw),
        "POST /1.1/media/upload.json\napplication/x-www-form-urlencoded\ncommand=FINALIZE&media_id=710511363345354753"
    );
}

#[test]
fn v1_media_travel_in_parts() {
    assert_eq!(
        wire(&append(), Version::V1_1, Encoding::Raw),
        "POST /1.1/media/upload.json\nmultipart/form-data; boundary=BOUNDARY\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"command\"\n\nAPPEND\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"media_id\"\n\n123\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"segment_index\"\n\n2\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\n\
         Content-Type: application/octet-stream\n\nbytes\n--BOUNDARY--\n"
    );
    assert_eq!(
        wire(&simple(), Version::V1_1, Encoding::Base64),
        "POST /1.1/media/upload.json\nmultipart/form-data; boundary=BOUNDARY\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"additional_owners\"\n\n9\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"media_data\"\nContent-Transfer-Encoding: base64\n\n\
         R0lG\n--BOUNDARY--\n"
    );
}

#[test]
fn v1_metadata_and_subtitles_are_json_as_documented() {
    let metadata = Request::Metadata { id: id(692_797_692_624_265_216), alt_text: "dancing \"cat\"".to_owned() };
    assert_eq!(
        wire(&metadata, Version::V1_1, Encoding::Raw),
        "POST /1.1/media/metadata/create.json\napplication/json; charset=UTF-8\n\
         {\"media_id\":\"692797692624265216\",\"alt_text\":{\"text\":\"dancing \\\"cat\\\"\"}}"
    );
    assert_eq!(
        wire(&create(vec![subtitle("pt-BR"), subtitle("en")]), Version::V1_1, Encoding::Raw),
        "POST /1.1/media/subtitles/create.json\napplication/json; charset=UTF-8\n\
         {\"media_id\":\"692\",\"media_category\":\"TweetVideo\",\"subtitle_info\":{\"subtitles\":[\
         {\"media_id\":\"105\",\"language_code\":\"pt-BR\",\"display_name\":\"English\"},\
         {\"media_id\":\"105\",\"language_code\":\"en\",\"display_name\":\"English\"}]}}"
    );
    assert_eq!(
        wire(&delete(&["en"]), Version::V1_1, Encoding::Raw),
        "POST /1.1/media/subtitles/delete.json\napplication/json; charset=UTF-8\n\
         {\"media_id\":\"692\",\"media_category\":\"AmplifyVideo\",\"subtitle_info\":{\"subtitles\":[{\"language_code\":\"en\"}]}}"
    );
}

#[test]
fn v2_speaks_json_and_parts() {
    assert_eq!(
        wire(&initialize(), Version::V2, Encoding::Raw),
        "POST /2/media/upload/initialize\napplication/json\n\
         {\"media_type\":\"video/mp4\",\"media_category\":\"tweet_video\",\"total_bytes\":4430752,\
         \"additional_owners\":[\"3805104374\",\"2\"]}"
    );
    assert_eq!(
        wire(&bare_initialize(), Version::V2, Encoding::Raw),
        "POST /2/media/upload/initialize\napplication/json\n{\"media_type\":\"image/png\",\"total_bytes\":1,\"shared\":true}"
    );
    assert_eq!(
        wire(&append(), Version::V2, Encoding::Raw),
        "POST /2/media/upload/123/append\nmultipart/form-data; boundary=BOUNDARY\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"segment_index\"\n\n2\n\
         --BOUNDARY\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\n\
         Content-Type: application/octet-stream\n\nbytes\n--BOUNDARY--\n"
    );
    assert_eq!(
        wire(&append(), Version::V2, Encoding::Base64),
        "POST /2/media/upload/123/append\napplication/json\n{\"media\":\"Ynl0ZXM=\",\"segment_index\":2}"
    );
    assert_eq!(
        wire(&Request::Finalize { id: id(5) }, Version::V2, Encoding::Raw),
        "POST /2/media/upload/5/finalize\n-\n"
    );
    assert_eq!(
        wire(&Request::Status { id: id(5) }, Version::V2, Encoding::Raw),
        "GET /2/media/upload?command=STATUS&media_id=5\n-\n"
    );
    assert_eq!(
        wire(&simple(), Version::V2, Encoding::Base64),
        "POST /2/media/upload\napplication/json\n{\"media\":\"R0lG\",\"media_category\":\"tweet_image\",\"additional_owners\":[\"9\"]}"
    );
    assert_eq!(
        wire(&Request::Metadata { id: id(5), alt_text: "é\n".to_owned() }, Version::V2, Encoding::Raw),
        "POST /2/media/metadata\napplication/json\n{\"id\":\"5\",\"metadata\":{\"alt_text\":{\"text\":\"é\\n\"}}}"
    );
}

#[test]
fn v2_subtitles_have_one_language_of_two_capitals() {
    assert_eq!(
        wire(&create(vec![subtitle("pt-BR")]), Version::V2, Encoding::Raw),
        "POST /2/media/subtitles\napplication/json\n{\"id\":\"692\",\"media_category\":\"TweetVideo\",\
         \"subtitles\":{\"id\":\"105\",\"language_code\":\"PT\",\"display_name\":\"English\"}}"
    );
    assert_eq!(
        wire(&delete(&["en"]), Version::V2, Encoding::Raw),
        "DELETE /2/media/subtitles\napplication/json\n\
         {\"id\":\"692\",\"media_category\":\"AmplifyVideo\",\"language_code\":\"EN\"}"
    );
}

#[test]
fn what_a_version_cannot_say_is_an_error() {
    let error = |request: Request, version| request.encode(version, Encoding::Raw, "B").unwrap_err().to_string();
    assert_eq!(
        error(create(vec![subtitle("en"), subtitle("fr")]), Version::V2),
        "version 2 of the API takes one language in a call, and there are 2"
    );
    assert_eq!(
        error(delete(&[]), Version::V1_1),
        "version 1.1 of the API takes at least one language in a call, and there are 0"
    );
    assert_eq!(
        error(create(vec![subtitle("fil")]), Version::V2),
        "version 2 of the API names a language by two letters, such as EN: \"fil\" has no such name"
    );
    let of_message =
        Request::SubtitlesDelete { video: id(1), category: Category::DmVideo, languages: vec!["en".to_owned()] };
    assert_eq!(
        error(of_message, Version::V1_1),
        "subtitles belong to a tweet_video or an amplify_video, and this is a dm_video"
    );
}

#[test]
fn every_request_goes_to_a_known_path() {
    let requests = [
        initialize(),
        append(),
        Request::Finalize { id: id(123) },
        Request::Status { id: id(123) },
        simple(),
        Request::Metadata { id: id(123), alt_text: String::new() },
        create(vec![subtitle("en")]),
        delete(&["en"]),
    ];
    for version in [Version::V1_1, Version::V2] {
        for request in &requests {
            let http = request.encode(version, Encoding::Raw, "B").unwrap();
            let route = Route::of(http.method, &http.path).unwrap();
            assert_eq!(route.version, version);
            if let RouteCall::Append(id) | RouteCall::Finalize(id) = route.call {
                assert_eq!(id, MediaId::new(123));
            }
        }
    }
}
