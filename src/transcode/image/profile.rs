//! Colour profiles (ICC.1:2022): which pictures one is for, and how a WebP holds one.

/// Whether a profile is for pictures of three colours, or for grey ones. One for CMYK is for neither.
pub(super) fn fits(profile: &[u8], has_colour: bool) -> bool {
    let space: &[u8] = if has_colour { b"RGB " } else { b"GRAY" };
    profile.get(SPACE) == Some(space)
}

/// A WebP with a profile (RFC 9649 2.7). `None`: it is none that can be read, or would be too large for the format.
pub(super) fn in_webp(file: &[u8], profile: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let chunks = file.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    let (mut header, rest) = if chunks.starts_with(b"VP8X") {
        (chunks.get(8..18)?.to_vec(), chunks.get(18..)?)
    } else {
        let mut header = vec![0; 4];
        header.extend(width.checked_sub(1)?.to_le_bytes().get(..3)?);
        header.extend(height.checked_sub(1)?.to_le_bytes().get(..3)?);
        (header, chunks)
    };
    *header.first_mut()? |= HAS_PROFILE;
    let mut body = b"WEBP".to_vec();
    for (name, content) in [(b"VP8X", header.as_slice()), (b"ICCP", profile)] {
        body.extend(name);
        body.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
        body.extend(content);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    body.extend(rest);
    let mut whole = b"RIFF".to_vec();
    whole.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    whole.extend(body);
    Some(whole)
}

/// Where a profile names the colour space of the pictures that it is for.
const SPACE: std::ops::Range<usize> = 16..20;
/// Flag of VP8X: an ICCP chunk follows.
const HAS_PROFILE: u8 = 0x20;
