//! Facts of an AAC track, from `objectTypeIndication` and the decoder specific information.

use super::config::{AudioSpecificConfig, ConfigFault, SAMPLING_FREQUENCIES, USAC};
use super::pce::ProgramConfig;
use crate::facts::{Anomaly, AnomalyKind, Audio, Container, Evidence, Extension, Fact};
use crate::input::{BitReader, BitsEnded, Cursor};

/// The name of the coder that an audio object type stands for (ISO/IEC 14496-3:2019 table 1.17).
pub(crate) const fn codec_name(object_type: u8) -> &'static str {
    match object_type {
        7 | 21 => "TwinVQ",
        8 | 24 => "CELP",
        9 | 25 => "HVXC",
        12 => "MPEG-4 text-to-speech",
        13..=16 => "MPEG-4 synthetic audio",
        22 => "BSAC",
        26 | 27 => "HILN",
        28 => "SSC",
        30 => "MPEG Surround",
        32 => "MP1",
        33 => "MP2",
        34 => "MP3",
        35 => "DST",
        36 => "MPEG-4 ALS",
        37 | 38 => "MPEG-4 SLS",
        40 | 41 => "MPEG-4 SMR",
        USAC => "xHE-AAC (USAC)",
        43 => "SAOC",
        44 => "LD MPEG Surround",
        _ => "AAC",
    }
}

/// Fills the facts that the decoder specific information tells, which stands in `container`, and returns it read.
///
/// MPEG-2 AAC (0x66 to 0x68) may have an AudioSpecificConfig, an ADIF header or nothing there.
pub(crate) fn lower(
    object_type_indication: u8,
    specific: Option<Cursor<'_>>,
    container: &Container,
    audio: &mut Audio,
    anomalies: &mut Vec<Anomaly>,
) -> Option<AudioSpecificConfig> {
    let mpeg2_type = mpeg2_object_type(object_type_indication);
    if let (Some(value), Some(at)) = (mpeg2_type, audio.object_type_indication.evidence()) {
        audio.object_type = Fact::known(value, at.clone());
    }
    let specific = specific.filter(|specific| !specific.is_empty());
    let Some(specific) = specific else {
        return lower_without(mpeg2_type, audio);
    };
    if mpeg2_type.is_some() && specific.rest().starts_with(b"ADIF") {
        return lower_adif(specific, container, audio, anomalies);
    }
    match AudioSpecificConfig::parse(specific.rest()) {
        Ok(config) => {
            lower_config(&config, mpeg2_type, specific.offset(), container, audio);
            Some(config)
        }
        Err(fault) => {
            let (element, position, expected, actual) = match fault {
                ConfigFault::Ended(ended) => ended_parts(ended, specific),
                ConfigFault::Reserved { element, position, value } => {
                    (element, position, "a value that is not reserved", value.to_string())
                }
            };
            anomalies.push(Anomaly::new(
                AnomalyKind::Malformed,
                at_bit(specific.offset(), position, container, element),
                "the AudioSpecificConfig cannot be read",
                expected,
                actual,
            ));
            unknown(audio, mpeg2_type, "the AudioSpecificConfig cannot be read");
            None
        }
    }
}

/// MPEG-2 AAC without a configuration is set up from the sample entry, as decoders do; its access units tell the rest.
fn lower_without(mpeg2_type: Option<u8>, audio: &mut Audio) -> Option<AudioSpecificConfig> {
    let why = "there is no AudioSpecificConfig";
    audio.channels = Fact::unknown(why);
    audio.sbr = Fact::unknown(IMPLICIT);
    audio.ps = Fact::unknown(IMPLICIT_PS);
    if mpeg2_type.is_none() {
        audio.object_type = Fact::unknown(why);
        audio.sample_rate = Fact::unknown(why);
    }
    let rate = audio.sample_rate.value().copied()?;
    (mpeg2_type == Some(LOW_COMPLEXITY)).then(|| AudioSpecificConfig::low_complexity(rate, None))
}

fn lower_config(
    config: &AudioSpecificConfig,
    mpeg2_type: Option<u8>,
    offset: u64,
    container: &Container,
    audio: &mut Audio,
) {
    let place = |element| Evidence::within(offset, container, element);
    // MPEG-2 Main and SSR are told by the indication alone; what it calls LC may be the core of something else.
    if mpeg2_type.is_none_or(|kind| kind == LOW_COMPLEXITY) {
        audio.object_type = Fact::known(config.object_type, place("esds.audioObjectType"));
    }
    audio.sample_rate = Fact::known(config.sampling_frequency, place("esds.samplingFrequencyIndex"));
    let channels = at_bit(offset, config.channel_position, container, "esds.channelConfiguration");
    audio.channels = match config.channels {
        Some(count) => Fact::known(count, channels),
        None => Fact::unknown("the AudioSpecificConfig does not name the number of channels"),
    };
    let extension = at_bit(offset, config.extension_position, container, "esds.syncExtensionType");
    audio.sbr = match config.sbr {
        Some(sbr) => Fact::known(sbr, extension.clone()),
        None => Fact::unknown(IMPLICIT),
    };
    audio.ps = match config.ps {
        Some(ps) => Fact::known(ps, extension),
        None if matches!(config.sbr, Some(Extension::None)) => Fact::known(Extension::None, extension),
        None => Fact::unknown(IMPLICIT_PS),
    };
}

/// `adif_header()` (ISO/IEC 13818-7:2006 6.1): only its first program config element is looked at.
fn lower_adif(
    specific: Cursor<'_>,
    container: &Container,
    audio: &mut Audio,
    anomalies: &mut Vec<Anomaly>,
) -> Option<AudioSpecificConfig> {
    let mut bits = BitReader::new(specific.rest());
    match read_adif(&mut bits) {
        Ok((position, program)) => {
            let at = at_bit(specific.offset(), position, container, "esds.program_config_element");
            audio.object_type = Fact::known(program.object_type + 1, at.clone());
            audio.channels = Fact::known(program.channels, at.clone());
            let index = usize::from(program.sampling_frequency_index);
            let rate = SAMPLING_FREQUENCIES.get(index).copied();
            audio.sample_rate = match rate {
                Some(rate) => Fact::known(rate, at),
                None => Fact::unknown("sampling_frequency_index of the ADIF header is reserved"),
            };
            audio.sbr = Fact::unknown(IMPLICIT);
            audio.ps = Fact::unknown(IMPLICIT_PS);
            let config = AudioSpecificConfig::low_complexity(rate?, Some(program.channels));
            (program.object_type + 1 == LOW_COMPLEXITY).then_some(config)
        }
        Err(ended) => {
            let (element, position, expected, actual) = ended_parts(ended, specific);
            anomalies.push(Anomaly::new(
                AnomalyKind::Malformed,
                at_bit(specific.offset(), position, container, element),
                "the ADIF header cannot be read",
                expected,
                actual,
            ));
            unknown(audio, None, "the ADIF header cannot be read");
            None
        }
    }
}

fn read_adif(bits: &mut BitReader<'_>) -> Result<(u64, ProgramConfig), BitsEnded> {
    bits.skip(32, "adif_id")?;
    if bits.flag("copyright_id_present")? {
        bits.skip(72, "copyright_id")?;
    }
    bits.skip(2, "original_copy")?;
    let variable_rate = bits.flag("bitstream_type")?;
    bits.skip(23, "bitrate")?;
    bits.skip(4, "num_program_config_elements")?;
    if !variable_rate {
        bits.skip(20, "adif_buffer_fullness")?;
    }
    let position = bits.position();
    Ok((position, ProgramConfig::parse(bits)?))
}

/// The audio object type that equals an MPEG-2 AAC `objectTypeIndication`. Absent: it is not MPEG-2 AAC.
const fn mpeg2_object_type(object_type_indication: u8) -> Option<u8> {
    match object_type_indication {
        0x66 => Some(1),
        0x67 => Some(LOW_COMPLEXITY),
        0x68 => Some(3),
        _ => None,
    }
}

const LOW_COMPLEXITY: u8 = 2;

const IMPLICIT: &str = "SBR may be signalled implicitly in the access units";
const IMPLICIT_PS: &str = "PS may be signalled implicitly in the access units";

fn unknown(audio: &mut Audio, mpeg2_type: Option<u8>, why: &'static str) {
    if mpeg2_type.is_none() {
        audio.object_type = Fact::unknown(why);
    }
    audio.channels = Fact::unknown(why);
    audio.sample_rate = Fact::unknown(why);
    audio.sbr = Fact::unknown(why);
    audio.ps = Fact::unknown(why);
}

fn ended_parts(ended: BitsEnded, specific: Cursor<'_>) -> (&'static str, u64, &'static str, String) {
    (ended.element, ended.position, "the whole element", format!("{} bytes in all", specific.remaining()))
}

fn at_bit(offset: u64, position: u64, container: &Container, element: &'static str) -> Evidence {
    Evidence::within(offset.saturating_add(position / 8), container, element)
}
