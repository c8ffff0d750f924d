//! What our uploader sends, held against what nine other clients sent for the same files. The transcripts are recorded by
//! tests/clients/run.sh, which also sees to it that they stay true.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::*;
use crate::Category;

/// Transcripts by name, then by what was done.
type Transcripts = BTreeMap<&'static str, BTreeMap<String, Vec<Value>>>;

macro_rules! transcripts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../tests/clients/transcripts/", $name, ".json")))),*]
    };
}

fn transcripts() -> Transcripts {
    let texts = transcripts![
        "preflight-1.1",
        "preflight-2",
        "tweepy",
        "twit",
        "twitter",
        "twitter-api-v2-v1.1",
        "twitter-api-v2-v2",
        "twitter-lite",
        "twython",
        "xdevplatform-xdk",
        "xdk-python",
    ];
    texts.into_iter().map(|(name, text)| (name, serde_json::from_str(text).unwrap())).collect()
}

/// Other clients, with the version they speak and whether they send base64.
const CLIENTS: &[(&str, Version, Encoding)] = &[
    ("tweepy", Version::V1_1, Encoding::Raw),
    ("twython", Version::V1_1, Encoding::Raw),
    ("twitter", Version::V1_1, Encoding::Raw),
    ("twitter-api-v2-v1.1", Version::V1_1, Encoding::Raw),
    ("twitter-lite", Version::V1_1, Encoding::Base64),
    ("twit", Version::V1_1, Encoding::Base64),
    ("twitter-api-v2-v2", Version::V2, Encoding::Raw),
    ("xdk-python", Version::V2, Encoding::Base64),
    ("xdevplatform-xdk", Version::V2, Encoding::Base64),
];

/// The calls of an upload by their role: of several APPENDs the first, of several STATUS one.
fn by_role(entries: &[Value]) -> BTreeMap<String, Value> {
    let mut roles = BTreeMap::new();
    for entry in entries {
        let path = entry["path"].as_str().unwrap();
        let asked = |name: &str| ["query", "fields", "json"].iter().find_map(|place| entry[place].get(name));
        let command = asked("command").and_then(Value::as_str).unwrap_or_default();
        let role = match path {
            path if path.contains("/subtitles") => {
                let deletes = path.contains("delete") || entry["method"] == "DELETE";
                if deletes { "SUBTITLES-DELETE" } else { "SUBTITLES-CREATE" }
            }
            path if path.contains("/metadata") => "METADATA",
            path if path.ends_with("/initialize") => "INIT",
            path if path.ends_with("/append") => "APPEND",
            path if path.ends_with("/finalize") => "FINALIZE",
            _ if command.is_empty() => "SIMPLE",
            _ => command,
        };
        let text = entry.to_string();
        let begins = asked("media_type").and_then(Value::as_str).unwrap_or_default();
        let kind = [("VIDEO", "video/"), ("CAPTIONS", "text/"), ("GIF", "image/gif"), ("PHOTO", "image/")]
            .iter()
            .find(|(name, media_type)| {
                begins.starts_with(media_type)
                    || text.contains(&format!("{name}\""))
                    || text.contains(&format!("{name}/"))
            })
            .map_or("PHOTO", |(name, _)| name);
        // Subtitles name both the video and the captions.
        let kind = if role.starts_with("SUBTITLES") { "VIDEO" } else { kind };
        roles.entry(format!("{kind} {role}")).or_insert_with(|| entry.clone());
    }
    roles
}

/// Every value of a call under its name: `body.media.bytes`.
fn flat(entry: &Value) -> BTreeMap<String, String> {
    fn add(flat: &mut BTreeMap<String, String>, name: &str, value: &Value) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                members.iter().for_each(|(member, value)| add(flat, &format!("{name}.{member}"), value));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, value)| add(flat, &format!("{name}[{index}]"), value));
            }
            Value::Object(_) => {}
            value => drop(flat.insert(name.to_owned(), value.to_string())),
        }
    }
    let mut flat = BTreeMap::new();
    // Whose credentials are sent is not a matter of the client.
    for (name, value) in entry.as_object().unwrap().iter().filter(|(name, _)| *name != "authorization") {
        let name = if name == "fields" || name == "json" { "body" } else { name };
        add(&mut flat, name, value);
    }
    flat
}

/// All uploads of a client by role, of the same role the first.
fn calls(transcripts: &Transcripts, client: &str, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let mut calls = BTreeMap::new();
    for (_, entries) in transcripts[client].iter().filter(|(what, _)| wanted(what)) {
        for (role, entry) in by_role(entries) {
            calls.entry(role).or_insert(entry);
        }
    }
    calls
}

#[test]
fn every_difference_from_other_clients_is_known() {
    let transcripts = transcripts();
    let mut differences = String::new();
    for &(client, version, encoding) in CLIENTS {
        let own = if version == Version::V2 { "preflight-2" } else { "preflight-1.1" };
        let in_base64 = encoding == Encoding::Base64;
        let mut ours = calls(&transcripts, own, |what| what.contains("base64") == in_base64);
        // What carries no media is the same in both.
        for (role, entry) in calls(&transcripts, own, |_| true) {
            ours.entry(role).or_insert(entry);
        }
        let mut equal = 0;
        for (role, theirs) in calls(&transcripts, client, |_| true) {
            let Some(ours) = ours.get(&role) else {
                differences.push_str(&format!("{client}: {role}: only theirs\n"));
                continue;
            };
            let (theirs, ours) = (flat(&theirs), flat(ours));
            let names: std::collections::BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
            for name in names {
                let shown = |value: Option<&String>| value.map_or("-", String::as_str).to_owned();
                let (their, our) = (shown(theirs.get(name)), shown(ours.get(name)));
                if their == our {
                    equal += 1;
                } else {
                    differences.push_str(&format!("{client}: {role}: {name}: theirs {their}, ours {our}\n"));
                }
            }
        }
        assert!(equal > 20, "{client}: only {equal} values are equal");
        differences.push_str(&format!("{client}: {equal} values are equal\n\n"));
    }
    insta::assert_snapshot!(differences);
}

/// A request as the recorder writes it down, but for the answer and the signature.
fn recorded(http: &HttpRequest) -> Value {
    let described = |media: &Media, coding: &str| {
        let mut members = Map::new();
        members.insert("as".to_owned(), coding.into());
        members.insert("bytes".to_owned(), media.length().into());
        members
    };
    let text = |value: &str| Value::from(value);
    let mut entry = Map::new();
    entry.insert("method".to_owned(), text(http.method.as_str()));
    entry.insert("path".to_owned(), text(&http.path));
    let members = |fields: &[(String, String)]| -> Map<String, Value> {
        fields.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    };
    entry.insert("query".to_owned(), members(&http.query).into());
    let kind = http.content_type.as_deref().map(|kind| kind.split(';').next().unwrap_or_default());
    entry.insert("type".to_owned(), kind.map_or(Value::Null, text));
    match &http.body {
        Body::Empty => {}
        Body::Form(fields) => drop(entry.insert("fields".to_owned(), members(fields).into())),
        Body::Json(json) => drop(entry.insert("json".to_owned(), serde_json::from_str(json).unwrap())),
        Body::JsonMedia { head, media, tail } => {
            let mut json: Map<String, Value> = serde_json::from_str(&format!("{head}{tail}")).unwrap();
            json.insert("media".to_owned(), described(media, "base64").into());
            entry.insert("json".to_owned(), json.into());
        }
        Body::Multipart { parts, .. } => {
            let field = |part: &Part| match &part.content {
                Content::Text(value) => text(value),
                Content::Base64(media) => described(media, "base64").into(),
                Content::Media(media) => {
                    let mut members = described(media, "raw");
                    members.insert("filename".to_owned(), part.filename.is_some().into());
                    members.into()
                }
            };
            let fields: Map<String, Value> = parts.iter().map(|part| (part.name.clone(), field(part))).collect();
            entry.insert("fields".to_owned(), fields.into());
        }
    }
    entry.into()
}

#[test]
fn what_is_encoded_is_what_was_recorded_of_us() {
    let transcripts = transcripts();
    let id = |number| MediaId::new(number).unwrap();
    let (video, captions, photo) = (id(7_000_000_001), id(7_000_000_002), id(7_000_000_003));
    for (name, version) in [("preflight-1.1", Version::V1_1), ("preflight-2", Version::V2)] {
        let recordings = &transcripts[name];
        let same = |entry: &Value, request: &Request, encoding| {
            let http = request.encode(version, encoding, "B").unwrap();
            let text = [(video, "VIDEO"), (captions, "CAPTIONS"), (photo, "PHOTO")]
                .iter()
                .fold(recorded(&http).to_string(), |text, (id, name)| text.replace(&id.to_string(), name));
            let mut entry = entry.clone();
            let members = entry.as_object_mut().unwrap();
            members.remove("authorization");
            members.remove("status");
            for place in ["fields", "json"] {
                for media in ["media", "media_data"] {
                    if let Some(media) = members.get_mut(place).and_then(|body| body.get_mut(media)) {
                        media.as_object_mut().unwrap().remove("sha256");
                    }
                }
            }
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), entry, "{name}");
        };
        for (what, encoding) in [("a video in chunks", Encoding::Raw), ("a video as base64", Encoding::Base64)] {
            let [init, segments @ .., finalize, status] = recordings[what].as_slice() else { panic!("{what}") };
            let total_bytes = 3_027_873;
            let initialize = Request::Initialize {
                total_bytes,
                media_type: "video/mp4".to_owned(),
                category: Some(Category::TweetVideo),
                additional_owners: Vec::new(),
                shared: false,
            };
            same(init, &initialize, encoding);
            assert_eq!(segments.len(), 3);
            for (index, segment) in (0..).zip(segments) {
                let offset = u64::from(index) << 20;
                let media = Media::Range { offset, length: (total_bytes - offset).min(1 << 20) };
                same(segment, &Request::Append { id: video, segment_index: index, media }, encoding);
            }
            same(finalize, &Request::Finalize { id: video }, encoding);
            same(status, &Request::Status { id: video }, encoding);
        }
        for (what, encoding) in
            [("a photo in one call, with alternative text", Encoding::Raw), ("a photo as base64", Encoding::Base64)]
        {
            let [simple, metadata] = recordings[what].as_slice() else { panic!("{what}") };
            let media = Media::Range { offset: 0, length: 17_295 };
            let category = Some(Category::TweetImage);
            same(simple, &Request::Simple { media, category, additional_owners: Vec::new() }, encoding);
            let alt_text = "A cat — \"dances\" & 踊る.".to_owned();
            same(metadata, &Request::Metadata { id: photo, alt_text }, encoding);
        }
        let [.., create, delete] = recordings["subtitles attached and taken off"].as_slice() else { panic!("{name}") };
        let (language_code, display_name) = ("en".to_owned(), "English".to_owned());
        let subtitles = vec![Subtitle { id: captions, language_code: language_code.clone(), display_name }];
        let category = Category::TweetVideo;
        same(create, &Request::SubtitlesCreate { video, category, subtitles }, Encoding::Raw);
        same(delete, &Request::SubtitlesDelete { video, category, languages: vec![language_code] }, Encoding::Raw);
    }
}
