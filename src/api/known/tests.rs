//! Every row is found by what the service says.

use super::*;
use crate::rules;

/// Messages as they were seen, each with the first rule of its row (or a dash) and a part of what is said of it.
const SEEN: &[(&str, &str, &str)] = &[
    ("Segments do not add up to provided total file size.", "truncated-file", "numbered 1 instead of 0"),
    ("File size exceeds 15728640 bytes.", "file-too-large", "15 MiB"),
    ("File size exceeds 5242880 bytes.", "file-too-large", "5 MiB"),
    ("File size exceeds 536870912 bytes.", "file-too-large", "512 MiB"),
    ("media type unrecognized.", "unsupported-type", "no type"),
    ("SegmentIndex must be between 0 and 999", "too-many-segments", "1000 segments"),
    ("Large file can not be finalized synchronously", "category-mismatch", "without media_category"),
    ("media parameter is missing.", "empty-file", "no field media"),
    ("total_bytes parameter is missing.", "-", "the parameter total_bytes"),
    ("media parameter is invalid.", "malformed-file", "field media"),
    ("media_ids parameter is invalid.", "post-media-mix", "rounded"),
    ("segment_index parameter is invalid.", "-", "The parameter segment_index"),
    ("Rate limit exceeded", "-", "Too many calls"),
    ("Could not authenticate you.", "-", "signature"),
    ("Sorry, that page does not exist", "-", "STATUS of an image"),
    ("The validation of media ids failed.", "post-media-mix", "expired"),
    ("Not valid video", "video-codec", "as a video"),
    ("Invalid media id 710511363345354753", "additional-owners", "710511363345354753"),
    ("Unsupported raw media category", "category-mismatch", "direct messages"),
    (
        "Duration too long, maximum:30000, actual:77000 (MediaId: snf:710511363345354753)",
        "duration-too-long",
        "lasts 77 s, and 30 s",
    ),
    ("Image dimensions must be >= 4x4 and <= 8192x8192", "image-dimensions", "4x4 or larger than 8192x8192"),
    (
        "Resolution too large, too many pixels. Maximum: 1310720, Actual: 2073600",
        "dimensions-too-large",
        "2073600 pixels, and 1310720",
    ),
    ("This user is not allowed to post a video longer than 2 minutes.", "duration-too-long", "the 2 minutes"),
    ("Unsupported video format", "video-codec", "H.264"),
    ("file is invalid", "malformed-file", "cannot read"),
    (
        "Duration 2.minutes+29.seconds+350.milliseconds exceeds max duration of 2.minutes+20.seconds",
        "duration-too-long",
        "lasts 149.35 s, and 140 s",
    ),
    ("file is currently unsupported", "video-codec", "does not take"),
    ("Video GOP is too large. Largest number of frames allowed in one GOP: 512", "gop-too-long", "512 frames"),
    ("Requests with bodies must have content-type of application/json.", "-", "takes JSON"),
    ("Request body is not valid JSON.", "-", "no JSON"),
    ("BadRequest: Not found", "-", "no such upload"),
    ("One or more parameters to your request was invalid.", "-", "errors"),
    ("Forbidden", "-", "media.write"),
    ("Unauthorized", "-", "who sends"),
    ("Too Many Requests", "-", "Too many calls"),
    ("internal server error", "-", "failed"),
    ("Service Unavailable", "subtitle-syntax", "SRT"),
];

#[test]
fn every_message_that_was_seen_is_explained() {
    for (message, rule, part) in SEEN {
        let found = find(message).unwrap_or_else(|| panic!("{message}"));
        assert_eq!(found.row.rules.first().copied().unwrap_or("-"), *rule, "{message}");
        assert!(found.meaning().contains(part), "{message}: {}", found.meaning());
        assert!(!found.meaning().contains(['{', '}']), "{message}: {}", found.meaning());
        // As programs repeat it.
        let again = find(&format!("Error 400:  {} [at x.js:5]", message.to_uppercase())).unwrap();
        assert!(std::ptr::eq(again.row, found.row), "{message}");
    }
    let found: Vec<_> = SEEN.iter().filter_map(|(message, ..)| find(message)).map(|found| found.row.message).collect();
    for row in ROWS.iter().filter(|row| !row.message.is_empty()) {
        assert!(found.contains(&row.message), "{} is not tried", row.message);
    }
}

#[test]
fn refusals_without_a_message_are_explained_by_their_number() {
    let silent = |code, name, status| find_silent(code, name, status).map(|found| found.row);
    for row in ROWS.iter().filter(|row| row.message.is_empty()) {
        assert_eq!(silent(row.code, row.name, row.status), Some(row));
    }
    assert_eq!(silent(Some(1), None, Some(200)).unwrap().name, Some("InvalidMedia"));
    assert_eq!(silent(None, Some("UnsupportedMedia"), None).unwrap().code, Some(3));
    assert_eq!(silent(Some(32), None, Some(413)).unwrap().status, Some(413));
    assert_eq!(silent(Some(32), None, None), None);
    assert_eq!(silent(Some(1), Some("Other"), None), None);
}

#[test]
fn rules_exist_and_every_row_says_what_to_do() {
    for row in ROWS {
        for rule in row.rules {
            assert!(rules::find(rule).is_some(), "{rule}");
        }
        assert!(row.meaning.ends_with('.') && row.advice.ends_with('.') || row.advice.ends_with(')'), "{row:?}");
        assert_eq!(
            find(row.message).is_some(),
            !row.message.is_empty() && !row.message.contains('{'),
            "{}",
            row.message
        );
    }
}

#[test]
fn what_is_unknown_has_a_nearest_or_none() {
    assert_eq!(find("Duration too short, minimum:500, actual:77"), None);
    let nearest_message = |text| nearest(text).map(|row| row.message);
    assert_eq!(
        nearest_message("Duration too short, minimum:500, actual:77"),
        Some("Duration too long, maximum:{ms}, actual:{ms}")
    );
    assert_eq!(nearest_message("media type not recognised"), Some("media type unrecognized."));
    assert_eq!(nearest_message("the coffee is cold"), None);
    assert_eq!(nearest_message(""), None);
}
