//! What texts may not hold as it is.

/// Writes a text as it stands within quotes.
pub(super) fn escape(text: &str, to: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let (eights, rest) = bytes.as_chunks::<8>();
    if !eights.iter().any(|eight| any_needs_escape(*eight)) && !rest.iter().any(|&byte| needs_escape(byte)) {
        to.extend_from_slice(bytes);
        return;
    }
    for &byte in bytes {
        match byte {
            b'"' => to.extend_from_slice(b"\\\""),
            b'\\' => to.extend_from_slice(b"\\\\"),
            0x08 => to.extend_from_slice(b"\\b"),
            0x09 => to.extend_from_slice(b"\\t"),
            0x0a => to.extend_from_slice(b"\\n"),
            0x0c => to.extend_from_slice(b"\\f"),
            0x0d => to.extend_from_slice(b"\\r"),
            0..0x20 => {
                to.extend_from_slice(b"\\u00");
                for digit in [byte >> 4, byte & 15] {
                    to.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
                }
            }
            _ => to.push(byte),
        }
    }
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The same of eight bytes in one go.
const fn any_needs_escape(eight: [u8; 8]) -> bool {
    /// Sets the highest bit of each byte that is less than `least`, and of no other below the first such byte.
    const fn below(bytes: u64, least: u8) -> u64 {
        bytes.wrapping_sub(EACH * least as u64) & !bytes
    }
    let bytes = u64::from_le_bytes(eight);
    let found = below(bytes, b' ') | below(bytes ^ (EACH * b'"' as u64), 1) | below(bytes ^ (EACH * b'\\' as u64), 1);
    found & (EACH * 0x80) != 0
}

/// 1 in each byte.
const EACH: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_once_are_told_as_each_by_itself() {
        for byte in 0..=u8::MAX {
            for other in [b'a', 0x1f, b' ', b'!', 0x7f, 0x80, 0xff] {
                for place in 0..8 {
                    let mut eight = [other; 8];
                    eight[place] = byte;
                    assert_eq!(any_needs_escape(eight), eight.iter().any(|&byte| needs_escape(byte)), "{eight:?}");
                }
            }
        }
    }
}
