//! What the metadata of a movie say: QuickTime's user data, the items of `ilst`, and keys with their values.
//!
//! User data of international text are named by codes that begin with `©` (QuickTime File Format, user data atoms); `ilst`
//! names its items by code, or by number where a `keys` table names them (QuickTime File Format, metadata). Damage here
//! never harms the movie, so it is passed over.

use super::boxes::{Boxes, ChildBox};
use super::table::word;
use crate::facts::{Evidence, FourCc, Tag};
use crate::input::Cursor;

/// Adds the entries of the body of `udta`.
pub(crate) fn of_user_data(udta: Cursor<'_>, tags: &mut Vec<Tag>) {
    for child in Boxes::new(udta).map_while(Result::ok) {
        match &child.kind.0 {
            b"meta" => of_metadata(child.body, tags),
            // Three languages at most are one entry: the first text tells enough.
            [0xa9, ..] => push(tags, child.kind.to_string(), international(child.body), child.offset),
            b"loci" | b"name" => push(tags, child.kind.to_string(), child.body.rest(), child.offset),
            _ => {}
        }
    }
}

/// Adds the entries of the body of `meta`.
pub(crate) fn of_metadata(meta: Cursor<'_>, tags: &mut Vec<Tag>) {
    // In MP4 `meta` is a full box, in QuickTime it is not: then its first word is the size of a child.
    let mut body = meta;
    if word(body.rest(), 0) == 0 && body.skip(4, "meta.version").is_err() {
        return;
    }
    let find = |kind: &[u8; 4]| {
        Boxes::new(body).map_while(Result::ok).find(|child| child.kind == FourCc(*kind)).map(|child| child.body)
    };
    let Some(list) = find(b"ilst") else { return };
    let names: Vec<&[u8]> = find(b"keys").map(keys).unwrap_or_default();
    for item in Boxes::new(list).map_while(Result::ok) {
        let Some(data) = Boxes::new(item.body).map_while(Result::ok).find(|child| child.kind.0 == *b"data") else {
            continue;
        };
        push(tags, name(&item, &names), data.body.rest().get(8..).unwrap_or_default(), item.offset);
    }
}

/// The name of an item: that of its number in the table of keys, or its code.
fn name(item: &ChildBox<'_>, names: &[&[u8]]) -> String {
    let index = usize::try_from(u32::from_be_bytes(item.kind.0)).ok().and_then(|index| index.checked_sub(1));
    match index.and_then(|index| names.get(index)) {
        Some(name) => text(name),
        None => item.kind.to_string(),
    }
}

/// The names of the body of `keys`.
fn keys(keys: Cursor<'_>) -> Vec<&[u8]> {
    let mut body = keys;
    if body.skip(8, "meta.keys.entry_count").is_err() {
        return Vec::new();
    }
    // An entry is laid out as a box whose type is the namespace and whose body is the name.
    Boxes::new(body).map_while(Result::ok).take(Tag::MOST).map(|entry| entry.body.rest()).collect()
}

/// Text as QuickTime's user data hold it: 16 bits of length, 16 of language, the text. Text without them is taken as it is.
fn international(body: Cursor<'_>) -> &[u8] {
    let bytes = body.rest();
    let length = bytes.first_chunk().map_or(0, |&length| usize::from(u16::from_be_bytes(length)));
    bytes.get(4..4 + length).unwrap_or(bytes)
}

fn push(tags: &mut Vec<Tag>, name: String, value: &[u8], offset: u64) {
    if tags.len() < Tag::MOST {
        tags.push(Tag { text: text(value), at: Evidence::named(offset, format!("moov.meta.{name}")), name });
    }
}

/// Text of at most [`Tag::LONGEST`] bytes; of what is no text, the number of its bytes.
fn text(value: &[u8]) -> String {
    let cut = value.get(..Tag::LONGEST).unwrap_or(value);
    let whole = match str::from_utf8(cut) {
        Ok(text) => text,
        // A character that the cut parts is left out.
        Err(error) if error.error_len().is_none() => {
            cut.get(..error.valid_up_to()).and_then(|valid| str::from_utf8(valid).ok()).unwrap_or_default()
        }
        Err(_) => return format!("{} bytes", value.len()),
    };
    let whole = whole.trim_end_matches('\0');
    if whole.contains('\0') { format!("{} bytes", value.len()) } else { whole.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// User data as ffmpeg writes them into MOV: `©nam` and `©swr`, and a place.
    const USER_DATA: &[u8] =
        b"\0\0\0\x10\xa9nam\0\x04\x55\xc4home\0\0\0\x11\xa9swr\0\x05\x55\xc4Lavf5\0\0\0\x0dlociabcde";
    /// `meta` as ffmpeg writes it into MP4, with one item of text.
    const ITEMS: &[u8] = b"\0\0\0\0\0\0\0\x25ilst\0\0\0\x1d\xa9too\0\0\0\x15data\0\0\0\x01\0\0\0\0Lavf5";
    /// `meta` of QuickTime, whose one item is named by a key.
    const KEYED: &[u8] = b"\0\0\0\x1ckeys\0\0\0\0\0\0\0\x01\0\0\0\x0cmdtamake\0\0\0\x23ilst\0\0\0\x1b\0\0\0\x01\0\0\0\x13data\0\0\0\x01\0\0\0\0abc";

    type Reading = fn(Cursor<'_>, &mut Vec<Tag>);

    fn read(reading: Reading, bytes: &[u8]) -> Vec<(String, String, u64)> {
        let mut tags = Vec::new();
        reading(Cursor::new(bytes, 100), &mut tags);
        tags.into_iter().map(|tag| (tag.name, tag.text, tag.at.offset)).collect()
    }

    fn entry(name: &str, text: &str, offset: u64) -> (String, String, u64) {
        (name.to_owned(), text.to_owned(), offset)
    }

    #[test]
    fn user_data_items_and_keys_are_told() {
        let found = read(of_user_data, USER_DATA);
        assert_eq!(found, [entry("©nam", "home", 100), entry("©swr", "Lavf5", 116), entry("loci", "abcde", 133)]);
        assert_eq!(read(of_metadata, ITEMS), [entry("©too", "Lavf5", 112)]);
        assert_eq!(read(of_metadata, KEYED), [entry("make", "abc", 136)]);
    }

    #[test]
    fn every_prefix_tells_as_much_as_is_whole() {
        for (reading, bytes) in [(of_user_data as Reading, USER_DATA), (of_metadata, ITEMS), (of_metadata, KEYED)] {
            let whole = read(reading, bytes);
            for length in 0..bytes.len() {
                let found = read(reading, &bytes[..length]);
                assert!(found.len() < whole.len() && whole.starts_with(&found), "{length}: {found:?}");
            }
        }
    }

    #[test]
    fn what_is_long_or_no_text_is_bounded() {
        assert_eq!(text(&[0xff, 0, 1]), "3 bytes");
        assert_eq!(text(b"a\0b"), "3 bytes");
        assert_eq!(text(b"a\0\0"), "a");
        assert_eq!(text(&[b'a'; 1000]).len(), Tag::LONGEST);
        let parted = [&[b'a'; 255][..], "ü".as_bytes()].concat();
        assert_eq!(text(&parted).len(), 255);
        let many: Vec<u8> = std::iter::repeat_n(&USER_DATA[..16], 1000).flatten().copied().collect();
        assert_eq!(read(of_user_data, &many).len(), Tag::MOST);
    }
}
