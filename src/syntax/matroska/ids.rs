//! Identifiers of the elements that are read (RFC 9559 section 5.1).

pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const SEEK_HEAD: u32 = 0x114d_9b74;
pub(super) const CUES: u32 = 0x1c53_bb6b;
pub(super) const CHAPTERS: u32 = 0x1043_a770;
pub(super) const ATTACHMENTS: u32 = 0x1941_a469;

pub(super) const INFO: u32 = 0x1549_a966;
pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
pub(super) const TITLE: u32 = 0x7ba9;

pub(super) const TRACKS: u32 = 0x1654_ae6b;
pub(super) const TRACK_ENTRY: u32 = 0xae;
pub(super) const TRACK_NUMBER: u32 = 0xd7;
pub(super) const TRACK_TYPE: u32 = 0x83;
pub(super) const FLAG_ENABLED: u32 = 0xb9;
pub(super) const FLAG_DEFAULT: u32 = 0x88;
pub(super) const DEFAULT_DURATION: u32 = 0x23_e383;
pub(super) const TRACK_TIMESTAMP_SCALE: u32 = 0x23_314f;
pub(super) const LANGUAGE: u32 = 0x22_b59c;
pub(super) const LANGUAGE_BCP47: u32 = 0x22_b59d;
pub(super) const CODEC_ID: u32 = 0x86;
pub(super) const CODEC_PRIVATE: u32 = 0x63a2;
pub(super) const CODEC_DELAY: u32 = 0x56aa;

pub(super) const VIDEO: u32 = 0xe0;
pub(super) const FLAG_INTERLACED: u32 = 0x9a;
pub(super) const PIXEL_WIDTH: u32 = 0xb0;
pub(super) const PIXEL_HEIGHT: u32 = 0xba;
pub(super) const DISPLAY_WIDTH: u32 = 0x54b0;
pub(super) const DISPLAY_HEIGHT: u32 = 0x54ba;
pub(super) const DISPLAY_UNIT: u32 = 0x54b2;
pub(super) const COLOUR: u32 = 0x55b0;
pub(super) const MATRIX_COEFFICIENTS: u32 = 0x55b1;
pub(super) const RANGE: u32 = 0x55b9;
pub(super) const TRANSFER_CHARACTERISTICS: u32 = 0x55ba;
pub(super) const PRIMARIES: u32 = 0x55bb;
pub(super) const PROJECTION: u32 = 0x7670;
pub(super) const PROJECTION_POSE_ROLL: u32 = 0x7675;

pub(super) const AUDIO: u32 = 0xe1;
pub(super) const SAMPLING_FREQUENCY: u32 = 0xb5;
pub(super) const CHANNELS: u32 = 0x9f;

pub(super) const CONTENT_ENCODINGS: u32 = 0x6d80;
pub(super) const CONTENT_ENCODING: u32 = 0x6240;
pub(super) const CONTENT_ENCRYPTION: u32 = 0x5035;

pub(super) const CLUSTER: u32 = 0x1f43_b675;
pub(super) const TIMESTAMP: u32 = 0xe7;
pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
pub(super) const BLOCK_GROUP: u32 = 0xa0;
pub(super) const BLOCK: u32 = 0xa1;
pub(super) const BLOCK_DURATION: u32 = 0x9b;
pub(super) const REFERENCE_BLOCK: u32 = 0xfb;

pub(super) const TAGS: u32 = 0x1254_c367;
pub(super) const TAG: u32 = 0x7373;
pub(super) const TARGETS: u32 = 0x63c0;
pub(super) const TAG_TRACK_UID: u32 = 0x63c5;
pub(super) const SIMPLE_TAG: u32 = 0x67c8;
pub(super) const TAG_NAME: u32 = 0x45a3;
pub(super) const TAG_STRING: u32 = 0x4487;

/// Whether an element stands directly in the segment, so that a cluster of unknown size ends in front of it.
pub(super) const fn is_top_level(id: u32) -> bool {
    matches!(id, SEEK_HEAD | CUES | CHAPTERS | ATTACHMENTS | INFO | TRACKS | CLUSTER | TAGS | SEGMENT)
}
