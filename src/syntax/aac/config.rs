//! The AudioSpecificConfig (ISO/IEC 14496-3:2019 1.6.2.1).

use super::pce::{ProgramConfig, small};
use crate::facts::Extension;
use crate::input::{BitReader, BitsEnded};

/// What an AudioSpecificConfig says, as far as facts need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AudioSpecificConfig {
    /// `audioObjectType` of the core coder (table 1.17); that of the extension, 5 or 29, is in `sbr` and `ps`.
    pub(crate) object_type: u8,
    /// Samples a second of the core coder.
    pub(crate) sampling_frequency: u32,
    /// `channelConfiguration` (table 1.19); 0 says that a program config element tells.
    pub(crate) channel_configuration: u8,
    /// Bit at which `channelConfiguration` begins.
    pub(crate) channel_position: u64,
    /// Channels that the core coder decodes to. Absent: the configuration is reserved, or tells it elsewhere.
    pub(crate) channels: Option<u16>,
    /// Whether a frame has 960 samples instead of 1024 (`frameLengthFlag`).
    pub(crate) short_frames: bool,
    /// How spectral band replication is signalled. Absent: not at all.
    pub(crate) sbr: Option<Extension>,
    /// How parametric stereo is signalled. Absent: not at all.
    pub(crate) ps: Option<Extension>,
    /// Bit at which the extensions are signalled.
    pub(crate) extension_position: u64,
}

/// Why an AudioSpecificConfig cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigFault {
    /// It ends before an element that belongs to it.
    #[error(transparent)]
    Ended(#[from] BitsEnded),
    /// An element holds a reserved value.
    #[error("{element} is {value}, which is reserved (bit {position})")]
    Reserved {
        /// The syntax element.
        element: &'static str,
        /// Bit at which it begins.
        position: u64,
        /// What it holds.
        value: u32,
    },
}

impl AudioSpecificConfig {
    /// The configuration of AAC LC that has no AudioSpecificConfig, as MPEG-2 AAC may.
    pub(super) const fn low_complexity(sampling_frequency: u32, channels: Option<u16>) -> Self {
        Self {
            object_type: 2,
            sampling_frequency,
            channel_configuration: 0,
            channel_position: 0,
            channels,
            short_frames: false,
            sbr: None,
            ps: None,
            extension_position: 0,
        }
    }

    /// Reads an AudioSpecificConfig that fills `bytes`. Bits after it are not looked at.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ConfigFault> {
        let mut bits = BitReader::new(bytes);
        let first_type = object_type(&mut bits)?;
        let mut sampling_frequency = frequency(&mut bits, "samplingFrequencyIndex")?;
        let channel_position = bits.position();
        let channel_configuration = small(bits.bits(4, "channelConfiguration")?);
        let mut config = Self {
            object_type: first_type,
            sampling_frequency,
            channel_configuration,
            channel_position,
            channels: channels_of(channel_configuration),
            short_frames: false,
            sbr: None,
            ps: None,
            extension_position: 0,
        };
        if matches!(first_type, SBR | PS) {
            config.sbr = Some(Extension::Explicit);
            config.ps = (first_type == PS).then_some(Extension::Explicit);
            // This is the rate after replication; the core's is the one before it.
            frequency(&mut bits, "extensionSamplingFrequencyIndex")?;
            config.object_type = object_type(&mut bits)?;
            if config.object_type == ER_BSAC {
                bits.skip(4, "extensionChannelConfiguration")?;
            }
        }
        match config.object_type {
            1..=4 | 6 | 7 | 17 | 19..=23 => config.read_general_audio(&mut bits)?,
            USAC => {
                let (rate, channels) = read_usac(&mut bits)?;
                sampling_frequency = rate.unwrap_or(sampling_frequency);
                config.sampling_frequency = sampling_frequency;
                config.channels = channels.or(config.channels);
                return Ok(config);
            }
            // The configurations of the other coders are not looked at, so neither is what follows them.
            _ => return Ok(config),
        }
        if matches!(config.object_type, 17 | 19..=27 | 39) && bits.bits(2, "epConfig")? > 1 {
            // An ErrorProtectionSpecificConfig follows, and nothing after it matters for what is not AAC LC.
            return Ok(config);
        }
        if config.sbr.is_none() {
            config.read_sync_extension(&mut bits)?;
        }
        Ok(config)
    }

    /// `GASpecificConfig()` (table 4.1).
    fn read_general_audio(&mut self, bits: &mut BitReader<'_>) -> Result<(), ConfigFault> {
        self.short_frames = bits.flag("frameLengthFlag")?;
        if bits.flag("dependsOnCoreCoder")? {
            bits.skip(14, "coreCoderDelay")?;
        }
        let extension = bits.flag("extensionFlag")?;
        match self.channel_configuration {
            0 => {
                self.channel_position = bits.position();
                self.channels = Some(ProgramConfig::parse(bits)?.channels);
            }
            reserved if self.channels.is_none() => {
                return Err(ConfigFault::Reserved {
                    element: "channelConfiguration",
                    position: self.channel_position,
                    value: u32::from(reserved),
                });
            }
            _ => {}
        }
        if matches!(self.object_type, 6 | 20) {
            bits.skip(3, "layerNr")?;
        }
        if extension {
            match self.object_type {
                ER_BSAC => bits.skip(16, "numOfSubFrame, layer_length")?,
                17 | 19 | 20 | 23 => bits.skip(3, "aacSectionDataResilienceFlag")?,
                _ => {}
            }
            bits.skip(1, "extensionFlag3")?;
        }
        Ok(())
    }

    /// The backward-compatible signalling that may follow the configuration of the core (1.6.5.3).
    fn read_sync_extension(&mut self, bits: &mut BitReader<'_>) -> Result<(), ConfigFault> {
        let position = bits.position();
        if bits.remaining() < 16 || bits.bits(11, "syncExtensionType")? != SYNC_EXTENSION {
            return Ok(());
        }
        if object_type(bits)? != SBR {
            return Ok(());
        }
        self.extension_position = position;
        self.sbr = Some(Extension::None);
        self.ps = Some(Extension::None);
        if !bits.flag("sbrPresentFlag")? {
            return Ok(());
        }
        self.sbr = Some(Extension::SyncExtension);
        self.ps = None;
        frequency(bits, "extensionSamplingFrequencyIndex")?;
        if bits.remaining() >= 12 && bits.bits(11, "syncExtensionType")? == SYNC_EXTENSION_PS {
            let present = bits.flag("psPresentFlag")?;
            self.ps = Some(if present { Extension::SyncExtension } else { Extension::None });
        }
        Ok(())
    }
}

/// Audio object types (table 1.17).
pub(super) const SBR: u8 = 5;
const ER_BSAC: u8 = 22;
const PS: u8 = 29;
pub(super) const USAC: u8 = 42;

const SYNC_EXTENSION: u32 = 0x2b7;
const SYNC_EXTENSION_PS: u32 = 0x548;

/// `GetAudioObjectType()` (table 1.16).
fn object_type(bits: &mut BitReader<'_>) -> Result<u8, BitsEnded> {
    Ok(match bits.bits(5, "audioObjectType")? {
        31 => 32 + small(bits.bits(6, "audioObjectTypeExt")?),
        short => small(short),
    })
}

/// An index of table 1.18, or 24 bits that give the frequency itself.
fn frequency(bits: &mut BitReader<'_>, element: &'static str) -> Result<u32, ConfigFault> {
    let position = bits.position();
    let index = bits.bits(4, element)?;
    if index == 15 {
        return Ok(bits.bits(24, "samplingFrequency")?);
    }
    let known = usize::try_from(index).ok().and_then(|index| SAMPLING_FREQUENCIES.get(index));
    known.copied().ok_or(ConfigFault::Reserved { element, position, value: index })
}

/// Table 1.18: `samplingFrequencyIndex`.
pub(super) const SAMPLING_FREQUENCIES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Table 1.19: channels of a `channelConfiguration` that names them.
const fn channels_of(configuration: u8) -> Option<u16> {
    match configuration {
        1..=6 => Some(configuration as u16),
        7 | 12 | 14 => Some(8),
        11 => Some(7),
        13 => Some(24),
        _ => None,
    }
}

/// The head of `UsacConfig()` (ISO/IEC 23003-3:2020 5.2): sampling frequency and channels, where it names them.
fn read_usac(bits: &mut BitReader<'_>) -> Result<(Option<u32>, Option<u16>), BitsEnded> {
    let rate = match bits.bits(5, "usacSamplingFrequencyIndex")? {
        31 => Some(bits.bits(24, "usacSamplingFrequency")?),
        index => usize::try_from(index).ok().and_then(|index| SAMPLING_FREQUENCIES.get(index)).copied(),
    };
    bits.skip(3, "coreSbrFrameLengthIndex")?;
    let channels = match small(bits.bits(5, "channelConfigurationIndex")?) {
        8 => Some(2),
        9 => Some(3),
        10 => Some(4),
        0 => None,
        index => channels_of(index),
    };
    Ok((rate, channels))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By ffmpeg 5.1: AAC LC, 44.1 kHz, stereo, sync extension with sbrPresentFlag 0.
    const FFMPEG: [u8; 5] = [0x12, 0x10, 0x56, 0xe5, 0x00];
    /// HE-AAC v2, explicit, as the encoder of Fraunhofer writes it: 22.05 kHz core, 44.1 kHz, mono core.
    const EXPLICIT_PS: [u8; 4] = [0xeb, 0x8a, 0x08, 0x00];
    /// HE-AAC, backward-compatible, 24 kHz core and 48 kHz, stereo.
    const SYNC_SBR: [u8; 5] = [0x13, 0x10, 0x56, 0xe5, 0x98];

    fn parse(bytes: &[u8]) -> AudioSpecificConfig {
        AudioSpecificConfig::parse(bytes).unwrap()
    }

    #[test]
    fn plain_low_complexity_says_nothing_of_replication() {
        let config = parse(&FFMPEG[..2]);
        assert_eq!((config.object_type, config.sampling_frequency, config.channels), (2, 44_100, Some(2)));
        assert_eq!((config.sbr, config.ps), (None, None));
        assert!(!config.short_frames);
    }

    #[test]
    fn a_sync_extension_may_say_no() {
        let config = parse(&FFMPEG);
        assert_eq!((config.sbr, config.ps), (Some(Extension::None), Some(Extension::None)));
        assert_eq!(config.extension_position, 16);
    }

    #[test]
    fn a_sync_extension_signals_replication_and_stereo() {
        let config = parse(&SYNC_SBR);
        assert_eq!((config.object_type, config.sampling_frequency), (2, 24_000));
        assert_eq!((config.sbr, config.ps), (Some(Extension::SyncExtension), None));
        // 0x2b7, type 5, present, index 3, 0x548, present.
        let config = parse(&[0x13, 0x08, 0x56, 0xe5, 0x9d, 0x48, 0x80]);
        assert_eq!((config.sbr, config.ps), (Some(Extension::SyncExtension), Some(Extension::SyncExtension)));
        let config = parse(&[0x13, 0x08, 0x56, 0xe5, 0x9d, 0x48, 0x00]);
        assert_eq!(config.ps, Some(Extension::None));
    }

    #[test]
    fn dead_bits_signal_nothing() {
        for tail in [&[0x56][..], &[0, 0, 0], &[0x56, 0xe0, 0x00], &[0xff, 0xff, 0xff], &[0x56, 0xe4, 0x80]] {
            let config = parse(&[&FFMPEG[..2], tail].concat());
            assert_eq!((config.sbr, config.ps), (None, None), "{tail:?}");
        }
    }

    #[test]
    fn hierarchical_signalling_names_the_core() {
        let config = parse(&EXPLICIT_PS);
        assert_eq!((config.object_type, config.sampling_frequency, config.channels), (2, 22_050, Some(1)));
        assert_eq!((config.sbr, config.ps), (Some(Extension::Explicit), Some(Extension::Explicit)));
        let config = parse(&[0x2b, 0x92, 0x08, 0x00]);
        assert_eq!((config.object_type, config.sbr, config.ps), (2, Some(Extension::Explicit), None));
    }

    #[test]
    fn escapes_of_type_and_frequency_are_read() {
        // 11111 000100 -> 36 (ALS), 44.1 kHz, stereo.
        let config = parse(&[0xf8, 0x88, 0x40]);
        assert_eq!((config.object_type, config.sampling_frequency, config.channels), (36, 44_100, Some(2)));
        // Type 2, index 15, 24 bits of 44100, mono, 960 samples a frame.
        let config = parse(&[0x17, 0x80, 0x56, 0x22, 0x0c]);
        assert_eq!((config.sampling_frequency, config.channels, config.short_frames), (44_100, Some(1), true));
    }

    #[test]
    fn each_configuration_has_its_channels() {
        let channels = |configuration: u8| {
            let first = 0x11 | configuration >> 5;
            AudioSpecificConfig::parse(&[first, 0x80 | configuration << 3, 0]).map(|config| config.channels)
        };
        for (configuration, expected) in
            [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 8), (11, 7), (12, 8), (13, 24), (14, 8)]
        {
            assert_eq!(channels(configuration), Ok(Some(expected)));
        }
        for configuration in [8, 9, 10, 15] {
            let fault = channels(configuration).unwrap_err();
            let value = u32::from(configuration);
            assert_eq!(fault, ConfigFault::Reserved { element: "channelConfiguration", position: 9, value });
        }
    }

    #[test]
    fn a_reserved_frequency_is_a_fault() {
        let fault = AudioSpecificConfig::parse(&[0x16, 0x90]).unwrap_err();
        assert_eq!(fault, ConfigFault::Reserved { element: "samplingFrequencyIndex", position: 5, value: 13 });
    }

    #[test]
    fn usac_tells_its_channels_itself() {
        // 11111 001010 -> 42, 44.1 kHz, 0; then index 4, frame length 1, configuration 1.
        let config = parse(&[0xf9, 0x48, 0x04, 0x22, 0x10]);
        assert_eq!((config.object_type, config.sampling_frequency, config.channels), (42, 44_100, Some(2)));
    }

    #[test]
    fn every_cut_is_a_fault_or_says_less() {
        for whole in [&FFMPEG[..], &EXPLICIT_PS, &SYNC_SBR] {
            for length in 0..whole.len() {
                match AudioSpecificConfig::parse(&whole[..length]) {
                    Ok(config) => assert!(length >= 2 && config.object_type == 2, "{length}"),
                    Err(ConfigFault::Ended(ended)) => assert!(ended.position <= length as u64 * 8),
                    Err(fault) => panic!("{fault}"),
                }
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = AudioSpecificConfig::parse(&bytes);
        }
    }
}
