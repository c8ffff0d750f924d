//! The first frame of an animated WebP as a file of its own.

use std::borrow::Cow;

/// The image to decode: the file itself, or of an animated WebP the first frame's bitstream, whose alpha is left aside.
///
/// The decoder of animations draws frames on a canvas, and does not stand sizes that disagree. `None`: no frame is found.
pub(super) fn first_frame(encoded: &[u8]) -> Option<Cow<'_, [u8]>> {
    let chunks = encoded.get(12..).filter(|_| encoded.starts_with(b"RIFF") && encoded.get(8..12) == Some(b"WEBP"));
    let Some((b"VP8X", extended, rest)) = chunks.and_then(chunk) else { return Some(Cow::Borrowed(encoded)) };
    if extended.first()? & ANIMATION == 0 {
        return Some(Cow::Borrowed(encoded));
    }
    let frame = find(rest, &[b"ANMF"])?.1;
    let (kind, bitstream) = find(frame.get(FRAME_HEADER..)?, &[b"VP8 ", b"VP8L"])?;
    let padding = bitstream.len() % 2;
    let length = u32::try_from(bitstream.len()).ok()?;
    let riff = length.checked_add(12)?.checked_add(u32::from(padding == 1))?;
    let parts = [b"RIFF", &riff.to_le_bytes(), b"WEBP", kind, &length.to_le_bytes(), bitstream, &[0][..padding]];
    Some(Cow::Owned(parts.concat()))
}

/// The first chunk of one of these kinds.
fn find<'e>(mut chunks: &'e [u8], kinds: &[&[u8; 4]]) -> Option<(&'e [u8; 4], &'e [u8])> {
    loop {
        let (kind, data, rest) = chunk(chunks)?;
        if kinds.contains(&kind) {
            return Some((kind, data));
        }
        chunks = rest;
    }
}

/// The chunk at the start (RFC 9649 2.3): its kind, its data, and what follows its padding.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (data, rest) = rest.split_at_checked(length)?;
    Some((kind, data, rest.get(length % 2..).unwrap_or_default()))
}

/// The animation flag of `VP8X` (RFC 9649 2.7).
const ANIMATION: u8 = 0x02;
/// Place, size, duration and flags of `ANMF`.
const FRAME_HEADER: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const ANIMATED: &[u8] = include_bytes!("../../../samples/sticker-animated.webp");
    const STILL: &[u8] = include_bytes!("../../../samples/sticker.webp");

    #[test]
    fn a_still_image_is_its_own_first_frame() {
        for still in [STILL, b"GIF89a", b"", b"RIFF\0\0\0\0WEBPVP8X"] {
            assert_eq!(first_frame(still).unwrap(), still);
        }
    }

    #[test]
    fn the_first_frame_of_an_animation_stands_alone() {
        let frame = first_frame(ANIMATED).unwrap();
        assert!(frame.len() < ANIMATED.len() && frame.starts_with(b"RIFF") && frame.len().is_multiple_of(2));
        let riff = u32::from_le_bytes(frame[4..8].try_into().unwrap());
        assert_eq!(riff as usize + 8, frame.len());
        assert!(matches!(&frame[12..16], b"VP8 " | b"VP8L"));
    }

    #[test]
    fn a_cut_animation_has_a_frame_or_none() {
        for length in 0..ANIMATED.len() {
            let frame = first_frame(&ANIMATED[..length]);
            assert!(frame.is_none_or(|frame| frame.len() <= length), "{length}");
        }
    }
}
