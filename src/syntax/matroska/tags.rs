//! Tags of the whole film (RFC 9559 5.1.8), by the names that MP4's metadata have.

use super::ebml::{Children, text, unsigned};
use super::ids;
use crate::facts::{Evidence, Fact, Tag};
use crate::input::Cursor;

/// Adds the tags of the body of `Tags` that are about the whole film. Damage in them never harms the film.
pub(super) fn read(body: Cursor<'_>, tags: &mut Vec<Tag>) {
    for (id, tag) in Children::new(body).map_while(Result::ok) {
        if id != ids::TAG || is_of_track(tag) {
            continue;
        }
        for (id, simple) in Children::new(tag).map_while(Result::ok) {
            if id == ids::SIMPLE_TAG {
                simple_tag(simple, tags);
            }
        }
    }
}

/// Adds a tag, unless there are too many, or one of that name.
pub(super) fn push(tags: &mut Vec<Tag>, name: &str, value: String, offset: u64) {
    if tags.len() < Tag::MOST && !tags.iter().any(|tag| tag.name == name) {
        let at = Evidence::named(offset, format!("Segment.Tags.{name}"));
        tags.push(Tag { name: name.to_owned(), text: value, at });
    }
}

/// Where it was recorded, where a tag says so.
pub(super) fn location(tags: &[Tag]) -> Fact<String> {
    let tag = tags.iter().find(|tag| tag.name == "location");
    tag.map_or(Fact::Absent, |tag| Fact::known(tag.text.clone(), tag.at.clone()))
}

fn simple_tag(simple: Cursor<'_>, tags: &mut Vec<Tag>) {
    let (mut name, mut value) = (None, None);
    for (id, data) in Children::new(simple).map_while(Result::ok) {
        match id {
            ids::TAG_NAME => name = Some((text(data, Tag::LONGEST).to_ascii_lowercase(), data.offset())),
            ids::TAG_STRING => value = Some(text(data, Tag::LONGEST)),
            _ => {}
        }
    }
    if let (Some((name, offset)), Some(value)) = (name, value) {
        let name = if name == "date_released" { "date" } else { &name };
        push(tags, name, value, offset);
    }
}

/// Whether a tag is about a track, and not about the film.
fn is_of_track(tag: Cursor<'_>) -> bool {
    let targets = Children::new(tag).map_while(Result::ok).find(|(id, _)| *id == ids::TARGETS);
    targets.is_some_and(|(_, targets)| {
        Children::new(targets).map_while(Result::ok).any(|(id, uid)| id == ids::TAG_TRACK_UID && unsigned(uid) != 0)
    })
}
