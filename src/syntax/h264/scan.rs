//! Progressive or interlaced, decided from the coded frames.

use super::frames::Frame;
use super::slice::Structure;

/// Counts frames by what tells their scan.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScanCount {
    frames: u64,
    /// Frames of an SPS whose `frame_mbs_only_flag` is 1: always progressive.
    frames_only: u64,
    fields: u64,
    /// MBAFF frames by `pic_struct`.
    mbaff: [u64; 9],
    mbaff_untold: u64,
    /// Other frame pictures, and those of them that come from an interlaced source.
    plain: u64,
    plain_interlaced: u64,
    first_interlaced: Option<Frame>,
}

/// What the coded frames say of the scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScanVerdict {
    /// Every frame is of an SPS that allows frames only.
    FramesOnly,
    /// Fields are allowed, and none was found.
    NothingInterlaced {
        /// What tells so.
        how: String,
    },
    /// Interlaced frames.
    Interlaced {
        /// What tells so.
        how: String,
        /// The first of them.
        first: Box<Frame>,
        /// How many.
        frames: u64,
    },
    /// MBAFF frames that nothing tells of.
    Untold {
        /// How many.
        frames: u64,
    },
}

impl ScanCount {
    /// Counts one frame.
    pub(crate) fn take(&mut self, frame: &Frame) {
        self.frames += 1;
        let interlaced = if frame.frame_mbs_only {
            self.frames_only += 1;
            false
        } else if frame.structure != Structure::Frame {
            self.fields += 1;
            true
        } else if frame.mb_adaptive_frame_field {
            let pic_struct = frame.timing.map(|timing| timing.pic_struct).filter(|value| !matches!(value, 1 | 2));
            match pic_struct.and_then(|value| self.mbaff.get_mut(usize::from(value))) {
                Some(count) => *count += 1,
                None => self.mbaff_untold += 1,
            }
            matches!(pic_struct, Some(3..=6))
        } else {
            self.plain += 1;
            let interlaced = frame.timing.is_some_and(|timing| timing.interlaced_source);
            self.plain_interlaced += u64::from(interlaced);
            interlaced
        };
        if interlaced && self.first_interlaced.is_none() {
            self.first_interlaced = Some(*frame);
        }
    }

    /// Counts so many frame pictures without timing; the flags are those of their SPS.
    #[inline]
    pub(crate) const fn take_untimed(&mut self, frames: u64, frame_mbs_only: bool, mb_adaptive_frame_field: bool) {
        self.frames += frames;
        if frame_mbs_only {
            self.frames_only += frames;
        } else if mb_adaptive_frame_field {
            self.mbaff_untold += frames;
        } else {
            self.plain += frames;
        }
    }

    /// What all frames together say.
    pub(crate) fn verdict(&self) -> ScanVerdict {
        if let Some(first) = self.first_interlaced {
            let mbaff = |pic_struct: usize| self.mbaff.get(pic_struct).copied().unwrap_or_default();
            let frames = self.fields + (3..=6).map(mbaff).sum::<u64>() + self.plain_interlaced;
            let mut how = Vec::new();
            if self.fields > 0 {
                how.push("field pictures".to_owned());
            }
            how.extend((3..=6).filter(|&value| mbaff(value) > 0).map(mbaff_name));
            if self.plain_interlaced > 0 {
                how.push("frame pictures with ct_type 1".to_owned());
            }
            return ScanVerdict::Interlaced { how: how.join(" and "), first: Box::new(first), frames };
        }
        if self.mbaff_untold > 0 {
            return ScanVerdict::Untold { frames: self.mbaff_untold };
        }
        if self.frames_only == self.frames {
            return ScanVerdict::FramesOnly;
        }
        let told = self.mbaff.iter().enumerate().filter(|&(_, &count)| count > 0).map(|(value, _)| mbaff_name(value));
        let mut how: Vec<String> = told.collect();
        if self.plain > 0 {
            how.insert(0, "frame pictures".to_owned());
        }
        ScanVerdict::NothingInterlaced { how: how.join(" and ") }
    }
}

fn mbaff_name(pic_struct: usize) -> String {
    format!("MBAFF frames with pic_struct {pic_struct}")
}
