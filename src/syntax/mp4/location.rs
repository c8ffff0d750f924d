//! Where a movie was recorded, in its user data and metadata.
//!
//! `©xyz` of QuickTime and `loci` of 3GPP TS 26.244 8.6 stand in `udta`; `com.apple.quicktime.location.ISO6709` stands
//! in `meta` with a key table (QuickTime File Format, metadata). Damage here never harms the movie, so it is passed over.

use super::boxes::Boxes;
use super::table::word;
use crate::facts::FourCc;
use crate::input::Cursor;
use crate::units::Decimal;

/// The place that the body of `udta` tells, and its absolute offset.
pub(crate) fn in_user_data(udta: Cursor<'_>) -> Option<(String, u64)> {
    Boxes::new(udta).map_while(Result::ok).find_map(|child| match &child.kind.0 {
        [0xa9, b'x', b'y', b'z'] => international_text(child.body).map(|place| (place, child.offset)),
        b"loci" => loci(child.body).map(|place| (place, child.offset)),
        b"meta" => in_metadata(child.body),
        _ => None,
    })
}

/// The place that the body of `meta` tells, and its absolute offset.
pub(crate) fn in_metadata(meta: Cursor<'_>) -> Option<(String, u64)> {
    // In MP4 `meta` is a full box, in QuickTime it is not: then its first word is the size of a child.
    let mut body = meta;
    if word(body.rest(), 0) == 0 {
        body.skip(4, "meta.version").ok()?;
    }
    let find = |kind: &[u8; 4]| {
        Boxes::new(body).map_while(Result::ok).find(|child| child.kind == FourCc(*kind)).map(|child| child.body)
    };
    let index = key_index(find(b"keys")?, b"com.apple.quicktime.location.ISO6709")?;
    let item =
        Boxes::new(find(b"ilst")?).map_while(Result::ok).find(|item| u32::from_be_bytes(item.kind.0) == index)?;
    let data = Boxes::new(item.body).map_while(Result::ok).find(|child| child.kind.0 == *b"data")?;
    let mut text = data.body;
    text.skip(8, "meta.ilst.data.type").ok()?;
    place_text(text.rest()).map(|place| (place, data.offset))
}

/// The index of `name` in the body of `keys`, counted from 1.
fn key_index(keys: Cursor<'_>, name: &[u8]) -> Option<u32> {
    let mut body = keys;
    body.skip(8, "meta.keys.entry_count").ok()?;
    // An entry is laid out as a box whose type is the namespace and whose body is the name.
    let position = Boxes::new(body).map_while(Result::ok).position(|entry| entry.body.rest() == name)?;
    u32::try_from(position).ok()?.checked_add(1)
}

/// Text as QuickTime's user data holds it: 16 bits of length, 16 of language, the text.
fn international_text(body: Cursor<'_>) -> Option<String> {
    let mut body = body;
    let length = usize::from(body.u16("udta.xyz.length").ok()?);
    body.skip(2, "udta.xyz.language").ok()?;
    place_text(body.take(length, "udta.xyz.text").ok()?)
}

/// `loci`: after the language a name that ends in NUL, a role, then longitude and latitude in 16.16 fixed point.
fn loci(body: Cursor<'_>) -> Option<String> {
    let mut body = body;
    body.skip(6, "udta.loci.language").ok()?;
    let name = body.rest().iter().position(|&byte| byte == 0)?;
    body.skip(name.checked_add(2)?, "udta.loci.name").ok()?;
    let longitude = body.i32("udta.loci.longitude").ok()?;
    let latitude = body.i32("udta.loci.latitude").ok()?;
    Some(format!("{}{}/", degrees(latitude), degrees(longitude)))
}

/// A 16.16 fixed-point angle as ISO 6709 writes it.
fn degrees(fixed: i32) -> String {
    let sign = if fixed < 0 { '-' } else { '+' };
    format!("{sign}{}", Decimal::new(u128::from(fixed.unsigned_abs()), 1 << 16, 5))
}

/// A place as ISO 6709 writes it; other text is no place.
fn place_text(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text.get(..text.len().min(128))?).ok()?.trim_end_matches('\0');
    let signed = text.starts_with(['+', '-']);
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    (signed && plain && text.bytes().any(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `©xyz` as phones write it.
    const XYZ: &[u8] = b"\0\0\0\x1e\xa9xyz\0\x12\x15\xc7+48.8577+002.2950/";

    #[test]
    fn quicktime_user_data_tell_a_place() {
        assert_eq!(in_user_data(Cursor::new(XYZ, 40)), Some(("+48.8577+002.2950/".to_owned(), 40)));
        for length in 0..XYZ.len() {
            assert_eq!(in_user_data(Cursor::new(&XYZ[..length], 0)), None);
        }
        assert_eq!(in_user_data(Cursor::new(b"\0\0\0\x10\xa9xyz\0\x04\0\0home", 0)), None);
    }

    #[test]
    fn third_generation_user_data_tell_a_place() {
        let loci = b"\0\0\0\x18loci\0\0\0\0\x15\xc7\0\0\0\x02\x4b\x85\xff\xcf\x24\0";
        assert_eq!(in_user_data(Cursor::new(loci, 0)), Some(("-48.85938+2.295/".to_owned(), 0)));
    }

    #[test]
    fn quicktime_metadata_tell_a_place() {
        let key = b"\0\0\0\x2cmdtacom.apple.quicktime.location.ISO6709";
        let keys = [&b"\0\0\0\x3ckeys\0\0\0\0\0\0\0\x01"[..], key].concat();
        let ilst = b"\0\0\0\x2dilst\0\0\0\x25\0\0\0\x01\0\0\0\x1ddata\0\0\0\x01\0\0\0\0+48.85+002.2/";
        let quicktime = [&keys[..], ilst].concat();
        let found = in_metadata(Cursor::new(&quicktime, 0));
        assert_eq!(found.unwrap(), ("+48.85+002.2/".to_owned(), 76));
        let mp4 = [&[0; 4][..], &quicktime].concat();
        assert_eq!(in_metadata(Cursor::new(&mp4, 0)).unwrap().1, 80);
        for length in 0..quicktime.len() {
            assert_eq!(in_metadata(Cursor::new(&quicktime[..length], 0)), None);
        }
    }
}
