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
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<ChildBox<'a>, CursorEnded>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read().transpose();
        if !matches!(item, Some(Ok(_))) {
            self.rest = Cursor::new(&[], self.rest.offset());
        }
        item
    }
}

#[cfg(test)]
mod tests {
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
}
