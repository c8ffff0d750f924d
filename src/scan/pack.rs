//! Packs: byte strings that are much alike, shortened together.

/// Puts a pack together, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct PackBuilder {
    /// Where each string ends.
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl PackBuilder {
    /// Adds a string, made of parts. `None`: no more fits.
    pub(crate) fn add(&mut self, parts: &[&[u8]]) -> Option<()> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let end = self.bytes.len().checked_add(length).filter(|&end| end <= LARGEST)?;
        self.ends.push(u32::try_from(end).ok()?);
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        Some(())
    }

    /// Takes the last string out again.
    pub(crate) fn undo(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.ends.last().map_or(0, |&end| usize::try_from(end).unwrap_or(0)));
    }

    /// Bytes of all strings.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The pack as it is stored, and a new one begun. `None`: no string in it has a byte.
    pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
        let packed = (!self.bytes.is_empty()).then(|| self.packed()).flatten();
        self.ends.clear();
        self.bytes.clear();
        // What one huge string took is given back.
        self.bytes.shrink_to(KEPT);
        packed
    }

    fn packed(&self) -> Option<Vec<u8>> {
        let start = HEAD + 4 * self.ends.len();
        let mut pack = vec![0; start + lz4_flex::block::get_maximum_output_size(self.bytes.len())];
        let length = lz4_flex::block::compress_into(&self.bytes, pack.get_mut(start..)?).ok()?;
        pack.truncate(start + length);
        let numbers = [u32::try_from(self.ends.len()).ok()?, u32::try_from(self.bytes.len()).ok()?];
        let slots = pack.get_mut(4..start)?.as_chunks_mut::<4>().0;
        for (slot, number) in slots.iter_mut().zip(numbers.iter().chain(&self.ends)) {
            *slot = number.to_le_bytes();
        }
        let (crc, rest) = pack.split_first_chunk_mut::<4>()?;
        *crc = crc32fast::hash(rest).to_le_bytes();
        Some(pack)
    }
}

/// A pack that was read, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Pack {
    ends: Vec<u32>,
    /// The strings, and behind them what an earlier pack left.
    bytes: Vec<u8>,
    length: usize,
}

impl Pack {
    /// Takes in the pack that was stored. `None`: it is damaged.
    pub(crate) fn read(&mut self, pack: &[u8]) -> Option<()> {
        self.clear();
        let (crc, rest) = pack.split_first_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (ends, packed) = rest.split_at_checked(count.checked_mul(4)?)?;
        // No byte stands for more than 255, so that a length cannot be made up.
        if length > LARGEST || length > packed.len().saturating_mul(255) {
            return None;
        }
        self.bytes.shrink_to(KEPT.max(length));
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        let found = lz4_flex::block::decompress_into(packed, self.bytes.get_mut(..length)?).ok()?;
        if found != length {
            return None;
        }
        self.ends.extend(ends.as_chunks::<4>().0.iter().map(|&end| u32::from_le_bytes(end)));
        self.length = length;
        Some(())
    }

    /// Forgets the strings.
    pub(crate) fn clear(&mut self) {
        self.ends.clear();
        self.length = 0;
    }

    /// One of the strings. `None`: there is none of this number.
    pub(crate) fn get(&self, slot: usize) -> Option<&[u8]> {
        let end = usize::try_from(*self.ends.get(slot)?).ok()?;
        let start = match slot.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()?,
            None => 0,
        };
        self.bytes.get(..self.length)?.get(start..end)
    }
}

/// Bytes before the ends: CRC-32 of what follows it, number of strings, bytes of all of them.
const HEAD: usize = 12;
/// Bytes of all strings of the longest pack.
pub(crate) const LARGEST: usize = 65 << 20;
/// Bytes of memory that are held from one pack to the next.
const KEPT: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(strings: &[&[u8]]) -> Vec<u8> {
        let mut builder = PackBuilder::default();
        for string in strings {
            builder.add(&[string]).unwrap();
        }
        builder.finish().unwrap()
    }

    #[test]
    fn strings_come_back_as_they_were() {
        let mut pack = Pack::default();
        for strings in [&[&b"one"[..], b"", b"two, two, two, two"][..], &[b"1"], &[b"", b"2"]] {
            pack.read(&packed(strings)).unwrap();
            for (slot, string) in strings.iter().enumerate() {
                assert_eq!(pack.get(slot), Some(*string));
            }
            assert_eq!(pack.get(strings.len()), None);
        }
        let mut builder = PackBuilder::default();
        assert_eq!(builder.finish(), None);
        builder.add(&[b""]).unwrap();
        assert_eq!(builder.finish(), None, "of nothing nothing is kept");
        builder.add(&[b"a", b"b"]).unwrap();
        builder.add(&[b"c"]).unwrap();
        builder.undo();
        builder.add(&[b"d"]).unwrap();
        pack.read(&builder.finish().unwrap()).unwrap();
        assert_eq!([pack.get(0), pack.get(1), pack.get(2)], [Some(&b"ab"[..]), Some(b"d"), None]);
    }

    #[test]
    fn damage_is_seen() {
        let sound = packed(&[b"one", b"two, two, two, two, two, two"]);
        let mut pack = Pack::default();
        for index in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[index] ^= 0x10;
            assert_eq!(pack.read(&damaged), None, "{index}");
            assert_eq!(pack.read(&sound[..index]), None, "{index}");
            assert_eq!(pack.get(0), None);
        }
    }

    #[test]
    fn a_length_that_is_made_up_takes_no_memory() {
        for (at, number) in [(4, u32::MAX), (8, u32::MAX), (8, 64 << 20), (4, 1 << 30)] {
            let mut hostile = packed(&[b"one", b"two"]);
            hostile[at..at + 4].copy_from_slice(&number.to_le_bytes());
            let crc = crc32fast::hash(&hostile[4..]).to_le_bytes();
            hostile[..4].copy_from_slice(&crc);
            let mut pack = Pack::default();
            assert_eq!(pack.read(&hostile), None, "{number} at {at}");
            assert!(pack.bytes.capacity() + pack.ends.capacity() < 100_000);
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 4..200), short in any::<bool>()) {
            if short && bytes.len() > 12 {
                bytes[4..12].copy_from_slice(&[2, 0, 0, 0, 40, 0, 0, 0]);
            }
            let crc = crc32fast::hash(&bytes[4..]).to_le_bytes();
            bytes[..4].copy_from_slice(&crc);
            let mut pack = Pack::default();
            if pack.read(&bytes).is_some() {
                (0..4).for_each(|slot| { pack.get(slot); });
            }
        }
    }
}
