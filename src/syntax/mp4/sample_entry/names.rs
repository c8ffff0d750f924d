//! Codecs by the names that people use.

use crate::facts::FourCc;

/// The codec of a sample entry type; `mp4a` and `mp4v` are told by their object type instead. Absent: not known here.
pub(super) const fn of_entry(kind: FourCc) -> Option<&'static str> {
    Some(match &kind.0 {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"dva1" | b"dvav" => "H.264",
        b"svc1" | b"svc2" => "SVC",
        b"mvc1" | b"mvc2" | b"mvc3" | b"mvc4" => "MVC",
        b"ai12" | b"ai13" | b"ai15" | b"ai16" | b"ai1p" | b"ai1q" | b"ai52" | b"ai53" | b"ai55" | b"ai56" | b"ai5p"
        | b"ai5q" => "AVC-Intra",
        b"hvc1" | b"hev1" | b"hvc2" | b"hev2" | b"dvh1" | b"dvhe" | b"lhv1" | b"lhe1" => "HEVC",
        b"vvc1" | b"vvi1" => "VVC",
        b"evc1" => "EVC",
        b"av01" | b"dav1" => "AV1",
        b"vp08" => "VP8",
        b"vp09" => "VP9",
        b"s263" | b"h263" | b"H263" => "H.263",
        b"apch" => "ProRes 422 HQ",
        b"apcn" => "ProRes 422",
        b"apcs" => "ProRes 422 LT",
        b"apco" => "ProRes 422 Proxy",
        b"ap4h" => "ProRes 4444",
        b"ap4x" => "ProRes 4444 XQ",
        b"aprn" | b"aprh" => "ProRes RAW",
        b"AVdn" => "DNxHD",
        b"AVdh" => "DNxHR",
        b"CFHD" => "CineForm",
        b"icod" => "Apple Intermediate Codec",
        b"jpeg" | b"mjpa" | b"mjpb" | b"MJPG" | b"mjpg" | b"AVDJ" | b"dmb1" => "Motion JPEG",
        b"mjp2" => "Motion JPEG 2000",
        b"mp1v" | b"mpg1" | b"m1v " => "MPEG-1",
        b"mp2v" | b"mpg2" | b"m2v1" | b"hdv1" | b"hdv2" | b"hdv3" | b"hdv4" | b"hdv5" | b"hdv6" | b"hdv7" | b"hdv8"
        | b"hdv9" | b"hdva" | b"mx5p" | b"mx5n" | b"mx4p" | b"mx4n" | b"mx3p" | b"mx3n" | b"xdv1" | b"xdv2"
        | b"xdv3" | b"xdv4" | b"xdv5" | b"xdv6" | b"xdv7" | b"xdv8" | b"xdv9" | b"xdva" | b"xdvb" | b"xdvc"
        | b"xdvd" | b"xdve" | b"xdvf" | b"xd5a" | b"xd5b" | b"xd5c" | b"xd5d" | b"xd5e" | b"xd5f" | b"xd51"
        | b"xd54" | b"xd55" | b"xd59" => "MPEG-2",
        b"DIVX" | b"XVID" | b"FMP4" | b"3IV2" | b"DX50" => "MPEG-4 Part 2",
        b"vc-1" | b"WMV3" | b"ovc1" => "VC-1",
        b"dvc " | b"dvcp" | b"dvpp" | b"dv5n" | b"dv5p" | b"AVdv" | b"AVd1" | b"dvhp" | b"dvhq" | b"dvh2" | b"dvh3"
        | b"dvh4" | b"dvh5" | b"dvh6" => "DV",
        b"rle " => "QuickTime Animation",
        b"rpza" => "Apple Video",
        b"smc " => "Apple Graphics",
        b"SVQ1" => "Sorenson Video",
        b"SVQ3" => "Sorenson Video 3",
        b"cvid" => "Cinepak",
        b"IV32" | b"IV41" | b"IV50" => "Indeo Video",
        b"8BPS" => "Planar RGB",
        b"VP30" | b"VP31" => "VP3",
        b"VP60" | b"VP61" | b"VP6F" => "VP6",
        b"drac" => "Dirac",
        b"FFV1" => "FFV1",
        b"Hap1" | b"Hap5" | b"HapY" | b"HapM" | b"HapA" | b"Hap7" | b"HapH" => "Hap",
        b"png " | b"MNG " => "PNG",
        b"tiff" => "TIFF",
        b"gif " => "GIF",
        b"WRLE" => "Windows bitmap",
        b"2vuy" | b"2Vuy" | b"yuvs" | b"yuv2" | b"v210" | b"v216" | b"v308" | b"v408" | b"v410" | b"yv12" | b"j420"
        | b"uncv" => "uncompressed YUV",
        b"b16g" | b"b48r" | b"b64a" | b"bxbg" | b"bxrg" | b"bxyv" => "uncompressed RGB",
        b"mp4a" => "MPEG-4 audio",
        b"mp4v" => "MPEG-4 video",
        b"Opus" => "Opus",
        b"ac-3" | b"sac3" => "AC-3",
        b"ec-3" => "E-AC-3",
        b"ac-4" => "AC-4",
        b"mlpa" => "TrueHD",
        b"alac" => "ALAC",
        b"fLaC" => "FLAC",
        b".mp3" | b"ms\0\x55" => "MP3",
        b".mp2" | b"ms\0\x50" => "MP2",
        b"ms\0\x02" => "Microsoft ADPCM",
        b"ima4" | b"ms\0\x11" => "IMA ADPCM",
        b"sowt" | b"twos" | b"in24" | b"in32" | b"fl32" | b"fl64" | b"lpcm" | b"ipcm" | b"fpcm" | b"NONE" | b"42ni"
        | b"23ni" | b"ni24" => "PCM",
        b"ulaw" => "G.711 mu-law",
        b"alaw" => "G.711 A-law",
        b"agsm" => "GSM",
        b"samr" => "AMR-NB",
        b"sawb" => "AMR-WB",
        b"sawp" => "AMR-WB+",
        b"sevc" => "EVRC",
        b"ssmv" => "SMV",
        b"Qclp" | b"sqcp" => "QCELP",
        b"QDM2" => "QDesign Music 2",
        b"QDMC" => "QDesign Music",
        b"MAC3" | b"MAC6" => "MACE",
        b"dtsc" | b"dtse" | b"dts+" => "DTS",
        b"dtsh" | b"dtsl" | b"dts-" => "DTS-HD",
        b"dtsx" => "DTS:X",
        b"iamf" => "IAMF",
        b"mha1" | b"mha2" | b"mhm1" | b"mhm2" => "MPEG-H 3D Audio",
        b"wma " | b"owma" | b"WMA2" => "Windows Media Audio",
        b"spex" => "Speex",
        b"msVo" => "Vorbis",
        b"vdva" | b"dvca" => "DV audio",
        _ => return None,
    })
}

/// The codec of an `objectTypeIndication` (ISO/IEC 14496-1:2010 table 5 and its registration authority) in `mp4v`.
pub(super) const fn of_visual_object(object_type_indication: u8) -> Option<&'static str> {
    Some(match object_type_indication {
        0x20 => "MPEG-4 Part 2",
        0x21 => "H.264",
        0x23 => "HEVC",
        0x60..=0x65 => "MPEG-2",
        0x6a => "MPEG-1",
        0x6c => "Motion JPEG",
        0x6d => "PNG",
        0x6e => "JPEG 2000",
        0xa3 => "VC-1",
        0xa4 => "Dirac",
        0xb1 => "VP9",
        _ => return None,
    })
}

/// The codec of an `objectTypeIndication` in `mp4a` other than those of AAC.
pub(super) const fn of_audio_object(object_type_indication: u8) -> Option<&'static str> {
    Some(match object_type_indication {
        0x69 | 0x6b => "MP3",
        0xa0 | 0xd1 => "EVRC",
        0xa1 => "SMV",
        0xa5 => "AC-3",
        0xa6 => "E-AC-3",
        0xa9 => "DTS",
        0xaa..=0xac => "DTS-HD",
        0xad => "Opus",
        0xae => "AC-4",
        0xdd => "Vorbis",
        0xe1 => "QCELP",
        _ => return None,
    })
}
