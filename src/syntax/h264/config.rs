//! The decoder configuration record, `avcC` (ISO/IEC 14496-15:2022 5.3.3.1).

use super::fault::Fault;
use super::nal::{Nal, SPS};
use super::sps::Sps;
use crate::input::{Cursor, CursorEnded};
use crate::syntax::few::Few;

/// What `avcC` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AvcConfig<'a> {
    /// Absolute offset of the record.
    pub(crate) offset: u64,
    /// `configurationVersion`; only 1 exists.
    pub(crate) version: u8,
    /// `AVCProfileIndication`: `profile_idc` of the parameter sets.
    pub(crate) profile_indication: u8,
    /// `profile_compatibility`: the constraint flags.
    pub(crate) profile_compatibility: u8,
    /// `AVCLevelIndication`: `level_idc` of the parameter sets.
    pub(crate) level_indication: u8,
    /// Bytes of the length in front of each NAL unit of a sample: 1, 2 or 4; 3 is reserved.
    pub(crate) length_size: u8,
    /// Sequence parameter sets, and what each holds.
    pub(crate) sps: Vec<(Nal<'a>, Result<Sps, Fault>)>,
    /// Picture parameter sets.
    pub(crate) pps: Few<Nal<'a>>,
    /// The fields that follow for the High profiles. Absent: older writers leave them out.
    pub(crate) extension: Option<Extension>,
    /// Where the record ends too early; what stands before was kept.
    pub(crate) damage: Option<CursorEnded>,
}

/// The fields of `avcC` that only the High profiles have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extension {
    /// `chroma_format_idc`.
    pub(crate) chroma_format: u8,
    /// `bit_depth_luma_minus8`.
    pub(crate) bit_depth_luma_minus8: u8,
    /// `bit_depth_chroma_minus8`.
    pub(crate) bit_depth_chroma_minus8: u8,
}

impl<'a> AvcConfig<'a> {
    /// Reads the body of an `avcC` box. Only its six fixed bytes are indispensable.
    pub(crate) fn parse(mut body: Cursor<'a>) -> Result<Self, CursorEnded> {
        let offset = body.offset();
        let mut config = Self {
            offset,
            version: body.u8("configurationVersion")?,
            profile_indication: body.u8("AVCProfileIndication")?,
            profile_compatibility: body.u8("profile_compatibility")?,
            level_indication: body.u8("AVCLevelIndication")?,
            length_size: (body.u8("lengthSizeMinusOne")? & 3) + 1,
            sps: Vec::new(),
            pps: Few::default(),
            extension: None,
            damage: None,
        };
        let sps_count = body.u8("numOfSequenceParameterSets")? & 0x1f;
        config.damage = config.read_sets(&mut body, sps_count).err();
        Ok(config)
    }

    fn read_sets(&mut self, body: &mut Cursor<'a>, sps_count: u8) -> Result<(), CursorEnded> {
        for _ in 0..sps_count {
            let nal = read_nal(body, "sequenceParameterSetLength", "sequenceParameterSetNALUnit")?;
            // Writers that put a subset SPS (type 15) here are tolerated; it describes other views.
            if nal.unit_type() == SPS {
                // Nearly all records have one, and room for four is slow to be had.
                self.sps.reserve_exact(1);
                self.sps.push((nal, Sps::parse(nal)));
            }
        }
        for _ in 0..body.u8("numOfPictureParameterSets")? {
            self.pps.push(read_nal(body, "pictureParameterSetLength", "pictureParameterSetNALUnit")?);
        }
        // Many writers end the record here, whatever the profile.
        if matches!(self.profile_indication, 66 | 77 | 88) || body.remaining() < 3 {
            return Ok(());
        }
        self.extension = Some(Extension {
            chroma_format: body.u8("chroma_format")? & 3,
            bit_depth_luma_minus8: body.u8("bit_depth_luma_minus8")? & 7,
            bit_depth_chroma_minus8: body.u8("bit_depth_chroma_minus8")? & 7,
        });
        Ok(())
    }
}

fn read_nal<'a>(body: &mut Cursor<'a>, length: &'static str, unit: &'static str) -> Result<Nal<'a>, CursorEnded> {
    let length = body.u16(length)?;
    let offset = body.offset();
    Ok(Nal::new(body.take(usize::from(length), unit)?, offset))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// `avcC` of a 320x240 High profile film by x264 164 through ffmpeg 5.1.
    pub(crate) const HIGH: [u8; 48] = [
        0x01, 0x64, 0x00, 0x0d, 0xff, 0xe1, 0x00, 0x19, 0x67, 0x64, 0x00, 0x0d, 0xac, 0xd9, 0x41, 0x41, 0xfb, 0x01,
        0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0x20, 0xf1, 0x42, 0x99, 0x60, 0x01, 0x00, 0x06,
        0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0, 0xfd, 0xf8, 0xf8, 0x00, 0xaa, 0xbb,
    ];

    #[test]
    fn the_record_of_a_real_file_is_read() {
        // Two bytes of junk follow the record; nobody minds.
        let config = AvcConfig::parse(Cursor::new(&HIGH, 1000)).unwrap();
        assert_eq!((config.version, config.profile_indication, config.level_indication), (1, 100, 13));
        assert_eq!(config.length_size, 4);
        assert_eq!(config.sps.iter().map(|(nal, _)| *nal).collect::<Vec<_>>(), [Nal::new(&HIGH[8..33], 1008)]);
        assert!(config.sps[0].1.is_ok());
        assert_eq!(*config.pps, [Nal::new(&HIGH[36..42], 1036)]);
        let extension = Extension { chroma_format: 1, bit_depth_luma_minus8: 0, bit_depth_chroma_minus8: 0 };
        assert_eq!(config.extension, Some(extension));
        assert_eq!(config.damage, None);
    }

    #[test]
    fn the_extension_may_be_missing() {
        let config = AvcConfig::parse(Cursor::new(&HIGH[..42], 0)).unwrap();
        assert_eq!((config.extension, config.damage), (None, None));
    }

    #[test]
    fn every_prefix_stops_or_tells_its_damage() {
        for length in 0..42 {
            match AvcConfig::parse(Cursor::new(&HIGH[..length], 0)) {
                Err(ended) => assert!(length < 6 && ended.actual == 0),
                Ok(config) => assert!(config.damage.is_some(), "prefix of {length} bytes"),
            }
        }
    }

    #[test]
    fn a_record_of_31_sets_that_holds_none_costs_nothing() {
        let config = AvcConfig::parse(Cursor::new(&[1, 66, 0, 30, 0xff, 0xff, 0xff, 0xff], 0)).unwrap();
        assert!(config.sps.is_empty());
        let field = "sequenceParameterSetNALUnit";
        assert_eq!(config.damage, Some(CursorEnded { offset: 8, field, expected: 0xffff, actual: 0 }));
    }
}
