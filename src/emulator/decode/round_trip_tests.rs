//! What a client encodes, the server reads as the same request, however its body is cut into pieces.

use proptest::prelude::*;

use super::*;
use crate::api::{Encoding, Piece, Subtitle, UserId};
use crate::emulator::store::memory::MemoryStore;

/// The body on the wire.
fn body_of(pieces: Vec<Piece>) -> Vec<u8> {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;

    let bytes = |piece| match piece {
        Piece::Bytes(bytes) | Piece::Media(Media::Bytes(bytes)) => bytes,
        Piece::Base64(Media::Bytes(bytes)) => STANDARD.encode(bytes).into_bytes(),
        other => panic!("{other:?}"),
    };
    pieces.into_iter().flat_map(bytes).collect()
}

/// The request as the server reads it, its media put back in.
fn read_back(request: &Request, version: Version, encoding: Encoding, piece: usize) -> Request {
    let http = request.encode(version, encoding, "f0e1d2c3").unwrap();
    let body = body_of(http.pieces());
    assert_eq!(body.len() as u64, http.content_length());
    let store = MemoryStore::default();
    let target = http.target();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let route = Route::of(http.method, path).unwrap();
    assert_eq!(route.version, version);
    let mut intake = Intake::new(&store, route.call, http.content_type.as_deref()).unwrap();
    for piece in body.chunks(piece) {
        intake.push(bytes::Bytes::copy_from_slice(piece)).unwrap();
    }
    let received = intake.finish().unwrap();
    let (mut request, spool) = super::request(route, Fields::parse(query.as_bytes()), received, &store).unwrap();
    if let (Request::Append { media, .. } | Request::Simple { media, .. }, Some(spool)) = (&mut request, spool) {
        assert_eq!(media.length(), spool.0.len() as u64);
        *media = Media::Bytes(spool.0);
    }
    request
}

fn id() -> impl Strategy<Value = MediaId> + Clone {
    (1..=u64::MAX).prop_map(|number| MediaId::new(number).unwrap())
}

fn owners() -> impl Strategy<Value = Vec<UserId>> + Clone {
    prop::collection::vec((1..=u64::MAX).prop_map(|number| UserId::new(number).unwrap()), 0..4)
}

fn category() -> impl Strategy<Value = Option<Category>> + Clone {
    prop::option::of(prop::sample::select(&Category::ALL[..]))
}

fn of_video() -> impl Strategy<Value = Category> + Clone {
    prop::sample::select(&[Category::TweetVideo, Category::AmplifyVideo][..])
}

/// Bytes, often such as would end a part or look like text.
fn media() -> impl Strategy<Value = Media> + Clone {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..64),
        Just(b"\r\n--f0e1d2c\r\n--".to_vec()),
        Just(b"\r\n\r\n\0\"+%=".to_vec()),
    ];
    prop::collection::vec(piece, 1..4).prop_map(|pieces| Media::Bytes(pieces.concat()))
}

/// Requests that v1.1 can say and, where only one language is named by two capitals, v2 as well.
fn requests() -> impl Strategy<Value = Request> {
    let subtitle = (id(), "[A-Z]{2}", "\\PC{1,12}").prop_map(|(id, language_code, display_name)| Subtitle {
        id,
        language_code,
        display_name,
    });
    prop_oneof![
        (any::<u64>(), "[a-z]{4,6}/[a-z0-9+.-]{1,8}", category(), owners(), any::<bool>()).prop_map(
            |(total_bytes, media_type, category, additional_owners, shared)| Request::Initialize {
                total_bytes,
                media_type,
                category,
                additional_owners,
                shared,
            }
        ),
        (id(), 0..=999_u16, media()).prop_map(|(id, segment_index, media)| Request::Append {
            id,
            segment_index,
            media
        }),
        id().prop_map(|id| Request::Finalize { id }),
        id().prop_map(|id| Request::Status { id }),
        (media(), prop::sample::select(&Category::ALL[..]), owners()).prop_map(
            |(media, category, additional_owners)| {
                Request::Simple { media, category: Some(category), additional_owners }
            }
        ),
        (id(), any::<String>()).prop_map(|(id, alt_text)| Request::Metadata { id, alt_text }),
        (id(), of_video(), subtitle).prop_map(|(video, category, one)| Request::SubtitlesCreate {
            video,
            category,
            subtitles: vec![one]
        }),
        (id(), of_video(), "[A-Z]{2}").prop_map(|(video, category, one)| Request::SubtitlesDelete {
            video,
            category,
            languages: vec![one]
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_as_the_same_request(
        request in requests(),
        v2 in any::<bool>(),
        base64 in any::<bool>(),
        piece in 1..100_usize,
    ) {
        let version = if v2 { Version::V2 } else { Version::V1_1 };
        let encoding = if base64 { Encoding::Base64 } else { Encoding::Raw };
        prop_assert_eq!(&read_back(&request, version, encoding, piece), &request);
    }

    #[test]
    fn v1_names_several_languages_as_they_are_given(video in id(), category in of_video(), count in 1..4_usize) {
        let languages: Vec<String> = ["pt-BR", "en", "zh-Hant-TW"].iter().take(count).map(ToString::to_string).collect();
        let request = Request::SubtitlesDelete { video, category, languages };
        prop_assert_eq!(&read_back(&request, Version::V1_1, Encoding::Raw, 64), &request);
    }
}
