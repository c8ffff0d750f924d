//! Codecs of Matroska, as the sample entries of MP4 that hold the same (RFC 9559 section 9, Matroska Codec Mappings).

use std::borrow::Cow;

use crate::facts::{Codec, FourCc};

/// The codec of a `CodecID`; one that is not known here is called by its identifier.
pub(super) fn codec(id: &str, is_encrypted: bool) -> Codec {
    let (fourcc, name) =
        known(id).map_or((*b"\0\0\0\0", Cow::Owned(id.to_owned())), |(fourcc, name)| (fourcc, Cow::Borrowed(name)));
    Codec { fourcc: FourCc(fourcc), name, encrypted: is_encrypted }
}

fn known(id: &str) -> Option<([u8; 4], &'static str)> {
    Some(match id {
        "V_MPEG4/ISO/AVC" => (*b"avc1", "H.264"),
        "V_MPEGH/ISO/HEVC" => (*b"hvc1", "HEVC"),
        "V_MPEGI/ISO/VVC" => (*b"vvc1", "VVC"),
        "V_AV1" => (*b"av01", "AV1"),
        "V_VP8" => (*b"vp08", "VP8"),
        "V_VP9" => (*b"vp09", "VP9"),
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => (*b"mp4v", "MPEG-4 Part 2"),
        "V_MPEG2" => (*b"mp2v", "MPEG-2"),
        "V_MPEG1" => (*b"mp1v", "MPEG-1"),
        "V_MJPEG" => (*b"jpeg", "Motion JPEG"),
        "V_PRORES" => (*b"apcn", "ProRes 422"),
        "V_FFV1" => (*b"FFV1", "FFV1"),
        "A_MPEG/L3" => (*b".mp3", "MP3"),
        "A_MPEG/L2" => (*b".mp2", "MP2"),
        "A_AC3" => (*b"ac-3", "AC-3"),
        "A_EAC3" => (*b"ec-3", "E-AC-3"),
        "A_DTS" => (*b"dtsc", "DTS"),
        "A_TRUEHD" => (*b"mlpa", "TrueHD"),
        "A_OPUS" => (*b"Opus", "Opus"),
        "A_VORBIS" => (*b"msVo", "Vorbis"),
        "A_FLAC" => (*b"fLaC", "FLAC"),
        "A_ALAC" => (*b"alac", "ALAC"),
        "A_PCM/INT/LIT" | "A_PCM/INT/BIG" | "A_PCM/FLOAT/IEEE" => (*b"lpcm", "PCM"),
        _ if is_aac(id) => (*b"mp4a", "AAC"),
        _ => return None,
    })
}

/// Whether it is AAC; older writers put profile and version behind it.
pub(super) fn is_aac(id: &str) -> bool {
    id == "A_AAC" || id.starts_with("A_AAC/")
}

/// Samples of one frame of sound. Absent: that varies, or is not known here.
pub(super) fn frame_samples(codec: &Codec) -> Option<u64> {
    Some(match codec.name.as_ref() {
        "AAC" => 1024,
        "MP3" | "MP2" => 1152,
        "AC-3" | "E-AC-3" => 1536,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_have_the_names_that_mp4_gives_them() {
        let name = |id| codec(id, false).to_string();
        assert_eq!(name("V_MPEG4/ISO/AVC"), "H.264 (avc1)");
        assert_eq!(name("A_AAC/MPEG4/LC/SBR"), "AAC (mp4a)");
        assert_eq!(codec("V_QUICKTIME", true).name, "V_QUICKTIME");
        assert!(codec("V_QUICKTIME", true).encrypted);
    }
}
