//! Facts of an audio track.

use serde::{Deserialize, Serialize};

use super::fact::Fact;

/// An audio track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Audio {
    /// `objectTypeIndication` of `esds` (ISO/IEC 14496-1): 0x40 MPEG-4 audio, 0x66 to 0x68 MPEG-2 AAC.
    pub object_type_indication: Fact<u8>,
    /// Audio object type of the core coder (ISO/IEC 14496-3 table 1.17): 2 is AAC LC. For MPEG-2 AAC, which has no
    /// AudioSpecificConfig of its own, the equal type: 1 Main, 2 LC, 3 SSR.
    pub object_type: Fact<u8>,
    /// Spectral band replication (HE-AAC), explicit or found in the access units.
    pub sbr: Fact<Extension>,
    /// Parametric stereo (HE-AAC v2), explicit or found in the access units.
    pub ps: Fact<Extension>,
    /// Channels that the core coder decodes to, from the AudioSpecificConfig, program config element included; from the
    /// sample entry for other codecs.
    pub channels: Fact<u16>,
    /// Channels that the sample entry claims.
    pub entry_channels: Fact<u16>,
    /// Samples a second of the core coder.
    pub sample_rate: Fact<u32>,
}

/// Whether and how an extension of AAC is signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Extension {
    /// It is not there: said explicitly, or by access units that carry none.
    None,
    /// Hierarchical explicit signalling: audio object type 5 or 29.
    Explicit,
    /// Backward-compatible explicit signalling: the sync extension 0x2B7 or 0x548.
    SyncExtension,
    /// Implicit: only the access units carry it.
    Implicit,
}
