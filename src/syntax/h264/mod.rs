//! H.264 (ITU-T H.264 | ISO/IEC 14496-10): parameter sets, slice headers and what they say of the pictures.
