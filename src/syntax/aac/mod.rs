//! AAC (ISO/IEC 14496-3): the AudioSpecificConfig and the head of access units.
