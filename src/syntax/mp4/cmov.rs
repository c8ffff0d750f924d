//! Compressed movie headers: `cmov` with `dcom` and `cmvd` (QuickTime File Format, compressed movie resources).

use super::boxes::{Boxes, ChildBox};
use crate::input::{Cursor, Reader, Stop};

/// The compressed movie inside the body of a `moov`, where there is one.
pub(crate) fn find(moov: Cursor<'_>) -> Option<ChildBox<'_>> {
    Boxes::new(moov).next()?.ok().filter(|child| child.kind.0 == *b"cmov")
}

/// Unpacks a `cmov` into the body of the `moov` that it holds.
pub(crate) fn unpack(cmov: &ChildBox<'_>, reader: &mut Reader<'_>) -> Result<Vec<u8>, Stop> {
    let malformed = |field, expected: &'static str, actual: String| Stop::Malformed {
        offset: cmov.offset,
        field,
        expected: expected.into(),
        actual: actual.into(),
    };
    let find = |kind: &[u8; 4]| {
        Boxes::new(cmov.body).map_while(Result::ok).find(|child| child.kind.0 == *kind).map(|child| child.body)
    };
    let mut method = find(b"dcom").ok_or_else(|| malformed("moov.cmov", "dcom", "no such box".to_owned()))?;
    let method = method.array::<4>("moov.cmov.dcom")?;
    if method != *b"zlib" {
        let actual = String::from_utf8_lossy(&method).into_owned();
        return Err(malformed("moov.cmov.dcom", "zlib", actual));
    }
    let mut packed = find(b"cmvd").ok_or_else(|| malformed("moov.cmov", "cmvd", "no such box".to_owned()))?;
    let size = packed.u32("moov.cmov.cmvd.size")?;
    reader.budget().structure(u64::from(size)).map_err(|exhausted| Stop::Budget {
        offset: cmov.offset,
        field: "moov.cmov.cmvd.size",
        exhausted,
    })?;
    let limit = usize::try_from(size).unwrap_or(usize::MAX);
    let mut bytes = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed.rest(), limit)
        .map_err(|error| malformed("moov.cmov.cmvd", "a zlib stream of the size it claims", error.to_string()))?;
    if bytes.get(4..8) != Some(b"moov") {
        return Err(malformed("moov.cmov.cmvd", "a box moov", "something else".to_owned()));
    }
    bytes.drain(..8);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Budget;

    fn cmov(method: &[u8; 4], size: u32, packed: &[u8]) -> Vec<u8> {
        let cmvd = [&(packed.len() as u32 + 12).to_be_bytes()[..], b"cmvd", &size.to_be_bytes(), packed].concat();
        let inner = [&b"\0\0\0\x0cdcom"[..], method, &cmvd].concat();
        [&(inner.len() as u32 + 8).to_be_bytes()[..], b"cmov", &inner].concat()
    }

    fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Stop> {
        let source: &[u8] = &[];
        let mut reader = Reader::new(&source, Budget::default())?;
        unpack(&find(Cursor::new(bytes, 100)).unwrap(), &mut reader)
    }

    #[test]
    fn a_movie_is_unpacked() {
        // The zlib stream of an empty `moov` of eight bytes, stored.
        let stored = b"\x78\x01\x01\x08\0\xf7\xff\0\0\0\x08moov\x04\x85\x01\xca";
        assert_eq!(unpacked(&cmov(b"zlib", 8, stored)).ok(), Some(vec![]));
        assert!(find(Cursor::new(b"\0\0\0\x08mvhd", 0)).is_none());
    }

    #[test]
    fn damage_and_bombs_stop() {
        let stored = b"\x78\x01\x01\x08\0\xf7\xff\0\0\0\x08moov\x04\x85\x01\xca";
        let is_malformed = |bytes: &[u8]| matches!(unpacked(bytes), Err(Stop::Malformed { offset: 100, .. }));
        assert!(is_malformed(&cmov(b"adec", 8, stored)));
        assert!(is_malformed(&cmov(b"zlib", 7, stored)), "more than it claims");
        assert!(is_malformed(&cmov(b"zlib", 8, &stored[..12])));
        assert!(is_malformed(b"\0\0\0\x08cmov"));
        assert!(matches!(unpacked(&cmov(b"zlib", u32::MAX, stored)), Err(Stop::Budget { .. })));
    }
}
