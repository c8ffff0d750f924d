//! What the file calls itself: `ftyp` (ISO/IEC 14496-12:2022 4.3), and how a movie without one is recognised.

use crate::facts::{Format, FourCc};

/// Whether the first bytes are of ISO base media or QuickTime.
pub(crate) fn probe(prefix: &[u8], length: u64) -> bool {
    let Some((&[a, b, c, d], rest)) = prefix.split_first_chunk::<4>() else { return false };
    let Some(&kind) = rest.first_chunk::<4>() else { return false };
    let size = u64::from(u32::from_be_bytes([a, b, c, d]));
    // 0 reaches to the end of the file; 1 has its size in the next eight bytes.
    let whole = size == 0 || size == 1 || (8..=length).contains(&size);
    match &kind {
        b"ftyp" | b"styp" => size >= 8,
        // A cut file may end inside its media data, its movie or its fragment.
        b"moov" | b"mdat" | b"moof" => size <= 1 || size >= 8,
        b"wide" | b"free" | b"skip" | b"pnot" | b"sidx" | b"ssix" | b"emsg" | b"prft" | b"pdin" | b"udta" => whole,
        _ => false,
    }
}

/// The format of images that share the container: they are no movies, whatever else they hold.
pub(crate) fn image_format(brands: &[u8]) -> Option<Format> {
    let (major, rest) = brands.split_first_chunk::<4>()?;
    // The minor version stands between the major brand and the compatible ones.
    let compatible = rest.get(4..).unwrap_or_default().as_chunks::<4>().0;
    match major {
        b"avif" | b"avis" | b"avio" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some(Format::Heic),
        b"mif1" | b"mif2" | b"msf1" | b"miaf" | b"MiHB" | b"MiHE" | b"MiAB" | b"MiAC" => {
            let is_avif = compatible.iter().any(|brand| matches!(brand, b"avif" | b"avis" | b"avio"));
            Some(if is_avif { Format::Avif } else { Format::Heic })
        }
        _ => None,
    }
}

/// QuickTime's brand.
pub(crate) const QUICKTIME: FourCc = FourCc(*b"qt  ");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movies_are_recognised_with_and_without_ftyp() {
        let is_movie = |bytes: &[u8]| probe(bytes, 1000);
        for bytes in [
            &b"\0\0\0\x20ftypisom"[..],
            b"\0\0\0\x08wide",
            b"\0\0\0\0mdat",
            b"\0\0\0\x01mdat",
            b"\0\x10\0\0moov",
            b"\0\0\x03\xe8free",
            b"\0\0\0\x18styp",
        ] {
            assert!(is_movie(bytes), "{bytes:?}");
        }
        for bytes in [
            &b""[..],
            b"\0\0\0\x0cjP  ",
            b"\0\0\0\x0cJXL ",
            b"\0\0\0\x07moov",
            b"ftypisom",
            b"\0\0\x03\xe9free",
            b"\0\0\0\x08mda",
        ] {
            assert!(!is_movie(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn images_are_told_by_their_major_brand() {
        assert_eq!(image_format(b"heic\0\0\0\0mif1heic"), Some(Format::Heic));
        assert_eq!(image_format(b"mif1\0\0\0\0mif1avif"), Some(Format::Avif));
        assert_eq!(image_format(b"mif1\0\0\0\0mif1heic"), Some(Format::Heic));
        assert_eq!(image_format(b"avis\0\0\0\0avifavis"), Some(Format::Avif));
        assert_eq!(image_format(b"isom\0\0\0\0mif1heic"), None);
        assert_eq!(image_format(b"mif"), None);
    }
}
