//! From what a file is to what it should be: comparing a source with what was made of it.
//!
//! All of it is part of the core: no file system, no clock, no process. What runs ffmpeg is elsewhere.

pub mod compare;
