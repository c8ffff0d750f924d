//! A bounded cursor over bytes in memory that knows where in the file they stand.

/// A structure ended before a field that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} needs {expected} bytes at offset {offset}, and the structure has {actual} left")]
pub(crate) struct CursorEnded {
    /// Absolute offset at which the field begins.
    pub(crate) offset: u64,
    /// The field that was being read.
    pub(crate) field: &'static str,
    /// How many bytes the field takes.
    pub(crate) expected: u64,
    /// How many bytes are left.
    pub(crate) actual: u64,
}

/// Reads fields in order; every take names what it wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    offset: u64,
    unpacked: bool,
}

impl<'a> Cursor<'a> {
    /// A cursor over `bytes`, the first of which stands at the absolute `offset` of the file.
    pub(crate) const fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self { bytes, offset, unpacked: false }
    }

    /// A cursor over bytes that were unpacked from the structure at `offset`: every field counts as standing there.
    pub(crate) const fn unpacked(bytes: &'a [u8], offset: u64) -> Self {
        Self { bytes, offset, unpacked: true }
    }

    /// Absolute offset of the byte that stands `count` bytes after the next one.
    #[inline]
    pub(crate) const fn offset_after(&self, count: u64) -> u64 {
        if self.unpacked { self.offset } else { self.offset.saturating_add(count) }
    }

    /// Absolute offset of the next byte.
    #[inline]
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether every field counts as standing where the packed structure stands.
    #[inline]
    pub(crate) const fn is_unpacked(&self) -> bool {
        self.unpacked
    }

    /// How many bytes are left.
    #[inline]
    pub(crate) const fn remaining(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no byte is left.
    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// All bytes that are left, without taking them.
    #[inline]
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Takes `count` bytes.
    #[inline]
    pub(crate) fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], CursorEnded> {
        let Some((taken, rest)) = self.bytes.split_at_checked(count) else { return Err(self.ended(count, field)) };
        self.bytes = rest;
        self.offset = self.offset_after(count as u64);
        Ok(taken)
    }

    /// Takes `count` bytes as a cursor of their own.
    #[inline]
    pub(crate) fn sub(&mut self, count: usize, field: &'static str) -> Result<Cursor<'a>, CursorEnded> {
        let offset = self.offset;
        Ok(Cursor { bytes: self.take(count, field)?, offset, unpacked: self.unpacked })
    }

    /// Takes an array of `N` bytes.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], CursorEnded> {
        let Some((&array, rest)) = self.bytes.split_first_chunk::<N>() else { return Err(self.ended(N, field)) };
        self.bytes = rest;
        self.offset = self.offset_after(N as u64);
        Ok(array)
    }

    /// The error of a field of `count` bytes that does not fit.
    #[cold]
    fn ended(&self, count: usize, field: &'static str) -> CursorEnded {
        CursorEnded { offset: self.offset, field, expected: count as u64, actual: self.bytes.len() as u64 }
    }

    /// Passes over `count` bytes.
    #[inline]
    pub(crate) fn skip(&mut self, count: usize, field: &'static str) -> Result<(), CursorEnded> {
        self.take(count, field).map(|_| ())
    }

    /// Takes an unsigned byte.
    #[inline]
    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, CursorEnded> {
        self.array::<1>(field).map(|[byte]| byte)
    }

    /// Takes 16 bits, big-endian.
    #[inline]
    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, CursorEnded> {
        self.array(field).map(u16::from_be_bytes)
    }

    /// Takes 24 bits, big-endian.
    #[inline]
    pub(crate) fn u24(&mut self, field: &'static str) -> Result<u32, CursorEnded> {
        self.array(field).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// Takes 32 bits, big-endian.
    #[inline]
    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, CursorEnded> {
        self.array(field).map(u32::from_be_bytes)
    }

    /// Takes 64 bits, big-endian.
    #[inline]
    pub(crate) fn u64(&mut self, field: &'static str) -> Result<u64, CursorEnded> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// Takes a signed 32-bit number, big-endian.
    #[inline]
    pub(crate) fn i32(&mut self, field: &'static str) -> Result<i32, CursorEnded> {
        self.array(field).map(i32::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_in_order_with_absolute_offsets() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4, 5, 6, 7], 100);
        assert_eq!(cursor.u8("a"), Ok(1));
        assert_eq!(cursor.u16("b"), Ok(0x0203));
        assert_eq!(cursor.u24("c"), Ok(0x04_05_06));
        assert_eq!(cursor.offset(), 106);
        let ended = CursorEnded { offset: 106, field: "d", expected: 4, actual: 1 };
        assert_eq!(cursor.u32("d"), Err(ended));
        assert_eq!(cursor.remaining(), 1, "a failed take takes nothing");
    }

    #[test]
    fn unpacked_fields_stand_where_the_packed_structure_stands() {
        let mut cursor = Cursor::unpacked(&[1, 2, 3, 4], 100);
        cursor.skip(1, "a").unwrap();
        let mut inner = cursor.sub(2, "b").unwrap();
        assert_eq!(inner.u16("c"), Ok(0x0203));
        assert_eq!((inner.offset(), cursor.offset(), cursor.offset_after(3)), (100, 100, 100));
    }
}
