//! Boxes in memory: the children of a box that was read whole.

use crate::facts::FourCc;
use crate::input::{Cursor, CursorEnded};

/// One box inside a parent that is held in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChildBox<'a> {
    /// Type of the box.
    pub(crate) kind: FourCc,
    /// Absolute offset of its header.
    pub(crate) offset: u64,
    /// What follows its header, up to its end.
    pub(crate) body: Cursor<'a>,
}

/// Iterates over the children of a box in the order of the file (ISO/IEC 14496-12:2022 4.2).
///
/// A child of size 0 reaches to the end of its parent. Fewer than eight bytes at the end, and a null terminator as
/// QuickTime writes it after user data, end the children. A child that reaches past its parent is an error, once.
#[derive(Clone, Debug)]
pub(crate) struct Boxes<'a> {
    rest: Cursor<'a>,
}

impl<'a> Boxes<'a> {
    /// The children that `body` holds.
    pub(crate) const fn new(body: Cursor<'a>) -> Self {
        Self { rest: body }
    }

    /// The next child, whatever its size, or why it cannot be one.
    fn read(&mut self) -> Result<Option<ChildBox<'a>>, CursorEnded> {
        if self.rest.remaining() < 8 {
            return Ok(None);
        }
        let offset = self.rest.offset();
        let size = self.rest.u32("box.size")?;
        let kind = FourCc(self.rest.array("box.type")?);
        if size == 0 && kind == FourCc([0; 4]) {
            return Ok(None);
        }
        let (size, header) = match size {
            0 => (self.rest.remaining() as u64 + 8, 8),
            1 => (self.rest.u64("box.largesize")?, 16),
            size => (u64::from(size), 8),
        };
        let past_parent = CursorEnded {
            offset,
            field: "box.size",
            expected: size.max(header),
            actual: self.rest.remaining() as u64 + header,
        };
        let length = size.checked_sub(header).and_then(|length| usize::try_from(length).ok()).ok_or(past_parent)?;
        let body = self.rest.sub(length, "box.size").map_err(|_| past_parent)?;
        Ok(Some(ChildBox { kind, offset, body }))
    }

    /// The next child where its header is not a usual one, or there is none.
    #[cold]
    fn unusual(&mut self) -> Option<<Self as Iterator>::Item> {
        let item = self.read().transpose();
        if !matches!(item, Some(Ok(_))) {
            self.rest = Cursor::new(&[], self.rest.offset());
        }
        item
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<ChildBox<'a>, CursorEnded>;

    #[expect(clippy::inline_always, reason = "a child that is handed on in memory costs twice as much")]
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        // Nearly all boxes have a size of 32 bits that fits.
        let mut rest = self.rest;
        if let Ok([a, b, c, d, kind @ ..]) = rest.array::<8>("box.size")
            && let Some(length) = u32::from_be_bytes([a, b, c, d]).checked_sub(8)
            && let Ok(body) = rest.sub(length as usize, "box.size")
        {
            let offset = self.rest.offset();
            self.rest = rest;
            return Some(Ok(ChildBox { kind: FourCc(kind), offset, body }));
        }
        self.unusual()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(bytes: &[u8]) -> Vec<Result<String, CursorEnded>> {
        Boxes::new(Cursor::new(bytes, 0)).map(|child| child.map(|child| child.kind.to_string())).collect()
    }

    #[test]
    fn children_follow_each_other() {
        let bytes = b"\0\0\0\x09freeX\0\0\0\x01wide\0\0\0\0\0\0\0\x11Y\0\0\0\0moovZZ";
        let names: Vec<_> = kinds(bytes).into_iter().map(Result::unwrap).collect();
        assert_eq!(names, ["free", "wide", "moov"]);
    }

    #[test]
    fn a_terminator_and_short_rests_end_the_children() {
        assert_eq!(kinds(b"\0\0\0\x08free\0\0\0\0"), [Ok("free".to_owned())]);
        assert_eq!(kinds(b"\0\0\0\0\0\0\0\0\0\0\0\x08free"), []);
    }

    #[test]
    fn a_child_past_its_parent_is_an_error_once() {
        let ended = CursorEnded { offset: 8, field: "box.size", expected: 12, actual: 8 };
        assert_eq!(kinds(b"\0\0\0\x08free\0\0\0\x0cfree"), [Ok("free".to_owned()), Err(ended)]);
        let ended = CursorEnded { offset: 0, field: "box.size", expected: 8, actual: 8 };
        assert_eq!(kinds(b"\0\0\0\x07free"), [Err(ended)]);
    }
    /// The children, each read as one of an unusual size.
    struct Unusual<'a>(Boxes<'a>);

    impl<'a> Iterator for Unusual<'a> {
        type Item = Result<ChildBox<'a>, CursorEnded>;

        fn next(&mut self) -> Option<Self::Item> {
            self.0.unusual()
        }
    }

    fn any_boxes() -> impl Strategy<Value = Vec<u8>> {
        let size = prop_oneof![8..24_u32, 0..24_u32, any::<u32>()];
        let header = (size, any::<[u8; 4]>(), 0..16_usize, any::<bool>()).prop_map(|(size, kind, more, is_null)| {
            let kind = if is_null { [0; 4] } else { kind };
            [&size.to_be_bytes()[..], &kind, &[0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0][..more]].concat()
        });
        prop::collection::vec(header, 0..6).prop_map(|headers| headers.concat())
    }

    proptest! {
        #[test]
        fn usual_children_are_read_as_all_others_are(bytes in any_boxes(), unpacked: bool) {
            let body = if unpacked { Cursor::unpacked(&bytes, 90) } else { Cursor::new(&bytes, 90) };
            let told = |child: Result<ChildBox<'_>, CursorEnded>| format!("{child:?}");
            let usual: Vec<_> = Boxes::new(body).map(told).collect();
            prop_assert_eq!(usual, Unusual(Boxes::new(body)).map(told).collect::<Vec<_>>());
        }
    }
}
