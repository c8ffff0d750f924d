//! Frames out of coded pictures: two fields of opposite parity make one.

use super::picture::Picture;
use super::sei::Timing;
use super::slice::{SliceHeader, Structure};

/// What the container says of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SampleInfo {
    /// Index in decoding order, counted from 0.
    pub(crate) index: u64,
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Size in bytes.
    pub(crate) size: u32,
    /// Composition time in ticks of the media's clock.
    pub(crate) time: i64,
    /// What its tables say of random access.
    pub(crate) labels: Labels,
}

/// What the tables of a track say of one sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    /// Whether `stss`, or the flags of a fragment, call it a sync sample. Without `stss` every sample is one.
    pub(crate) sync: bool,
    /// Which of them says so.
    pub(crate) source: SyncSource,
    /// Whether `stps` calls it a partial sync sample.
    pub(crate) partial: bool,
    /// `num_leading_samples` where it is in a group of `rap `; -1 where that does not give it.
    pub(crate) random_access: Option<i16>,
    /// Its entry of `sdtp`; 0 says nothing.
    pub(crate) dependency: u8,
}

/// Where it is written whether a sample is a sync sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SyncSource {
    /// In `stss`.
    Table,
    /// There is no `stss`, which says that all samples are.
    #[default]
    NoTable,
    /// In the flags of a fragment.
    Fragment,
}

impl Labels {
    /// Whether no table says anything of the sample that a picture which needs others could contradict.
    #[inline]
    pub(crate) fn are_silent(self) -> bool {
        let are_silent = match self.source {
            SyncSource::Table => self.dependency == 0,
            // The flags of a fragment have the layout of `sdtp`, but are no table.
            SyncSource::Fragment => true,
            SyncSource::NoTable => false,
        };
        are_silent && !self.sync && !self.partial && self.random_access.is_none()
    }

    /// Whether a table lists the sample as a random access point. A table that is not there lists nothing.
    pub(crate) fn list_random_access(self) -> bool {
        (self.sync && self.source != SyncSource::NoTable) || self.partial || self.random_access.is_some()
    }
}

/// One coded frame: a frame picture, or one or two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "frame_mbs_only is the standard's name")]
pub(crate) struct Frame {
    /// Number in decoding order, counted from 0.
    pub(crate) number: u64,
    /// The sample of its first picture.
    pub(crate) sample: SampleInfo,
    /// Bytes of the samples that begin with one of its pictures.
    pub(crate) bytes: u64,
    /// The lower picture order count of its pictures.
    pub(crate) order: i64,
    /// Frame, or the parity of the first field.
    pub(crate) structure: Structure,
    /// Whether the first picture is IDR.
    pub(crate) idr: bool,
    /// Whether every slice of the first picture is I or SI.
    pub(crate) begins_intra: bool,
    /// Whether memory management operation 5 is among its marking.
    pub(crate) resets_order: bool,
    /// Whether a slice is P or SP.
    pub(crate) has_p: bool,
    /// Whether a slice is B.
    pub(crate) has_b: bool,
    /// Whether other pictures may refer to it.
    pub(crate) is_reference: bool,
    /// `recovery_frame_cnt` of a recovery point. Absent: there is none.
    pub(crate) recovery_frame_cnt: Option<u32>,
    /// Picture timing. Absent: there is none.
    pub(crate) timing: Option<Timing>,
    /// `frame_mbs_only_flag`.
    pub(crate) frame_mbs_only: bool,
    /// `mb_adaptive_frame_field_flag`.
    pub(crate) mb_adaptive_frame_field: bool,
}

impl Frame {
    /// Whether a GOP that depends on nothing before it begins here: IDR, or I with memory management operation 5.
    pub(crate) const fn is_idr(&self) -> bool {
        self.idr || (self.begins_intra && self.resets_order)
    }

    /// Whether decoding may begin here though it is no IDR.
    pub(crate) fn is_open_entry(&self) -> bool {
        self.begins_intra
            && !self.is_idr()
            && (self.recovery_frame_cnt == Some(0) || self.sample.labels.list_random_access())
    }

    /// Whether it needs other pictures.
    pub(crate) const fn is_inter(&self) -> bool {
        self.has_p || self.has_b
    }

    /// The letter that stands for it in the types of a GOP.
    pub(crate) const fn letter(&self) -> u8 {
        match self.begins_intra {
            true if self.is_idr() => b'I',
            true => b'i',
            false => inter_letter(self.has_b, self.is_reference),
        }
    }
}

/// The letter of a frame that needs others.
#[inline]
pub(crate) const fn inter_letter(has_b: bool, is_reference: bool) -> u8 {
    match (has_b, is_reference) {
        (true, true) => b'B',
        (true, false) => b'b',
        (false, _) => b'P',
    }
}

/// Puts fields together.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// A first field that waits for its second.
    field: Option<(Frame, SliceHeader)>,
    count: u64,
}

impl Frames {
    /// Takes the pictures of the next sample, and hands on the frames that are complete.
    pub(crate) fn take(&mut self, sample: &SampleInfo, pictures: &[Picture], mut complete: impl FnMut(&Frame)) {
        let mut bytes = u64::from(sample.size);
        for (position, picture) in pictures.iter().enumerate() {
            // Most videos have nothing else.
            if picture.slice.structure == Structure::Frame && self.field.is_none() {
                complete(&self.begin(sample, bytes, picture));
                bytes = 0;
                continue;
            }
            let same_sample = position > 0;
            match self.field.take() {
                Some((mut frame, first)) if is_second_field(&frame, &first, picture, same_sample) => {
                    frame.bytes = frame.bytes.saturating_add(bytes);
                    frame.order = frame.order.min(picture.order);
                    frame.has_p |= picture.has_p;
                    frame.has_b |= picture.has_b;
                    frame.is_reference |= picture.slice.ref_idc != 0;
                    complete(&frame);
                }
                pending => {
                    if let Some((frame, _)) = pending {
                        complete(&frame);
                    }
                    let frame = self.begin(sample, bytes, picture);
                    if frame.structure == Structure::Frame {
                        complete(&frame);
                    } else {
                        self.field = Some((frame, picture.slice));
                    }
                }
            }
            bytes = 0;
        }
    }

    /// Whether a first field waits for its second.
    #[inline]
    pub(crate) const fn is_waiting(&self) -> bool {
        self.field.is_some()
    }

    /// Hands on a field that has no second one.
    pub(crate) fn flush(&mut self) -> Option<Frame> {
        self.field.take().map(|(frame, _)| frame)
    }

    /// Counts a frame that could not be read, and returns its number.
    pub(crate) fn skip(&mut self) -> u64 {
        let number = self.count;
        self.skip_all(1);
        number
    }

    /// Counts so many frames of which nothing else is kept.
    #[inline]
    pub(crate) const fn skip_all(&mut self, frames: u64) {
        self.count = self.count.saturating_add(frames);
    }

    fn begin(&mut self, sample: &SampleInfo, bytes: u64, picture: &Picture) -> Frame {
        Frame {
            number: self.skip(),
            sample: *sample,
            bytes,
            order: picture.order,
            structure: picture.slice.structure,
            idr: picture.slice.idr,
            begins_intra: !picture.has_p && !picture.has_b,
            resets_order: picture.slice.resets_order,
            has_p: picture.has_p,
            has_b: picture.has_b,
            is_reference: picture.slice.ref_idc != 0,
            recovery_frame_cnt: picture.recovery_frame_cnt,
            timing: picture.timing,
            frame_mbs_only: picture.frame_mbs_only,
            mb_adaptive_frame_field: picture.mb_adaptive_frame_field,
        }
    }
}

/// Whether a field is the second one of the frame whose first field came just before (3.30).
fn is_second_field(frame: &Frame, first: &SliceHeader, second: &Picture, same_sample: bool) -> bool {
    let opposite = matches!(
        (frame.structure, second.slice.structure),
        (Structure::Top, Structure::Bottom) | (Structure::Bottom, Structure::Top)
    );
    let alike = frame.is_reference == (second.slice.ref_idc != 0);
    // The second field of an IDR picture is none, but for encoders that write two; the next IDR has another id.
    let idr = !second.slice.idr || (first.idr && first.idr_pic_id == second.slice.idr_pic_id);
    opposite && idr && !second.slice.resets_order && second.slice.frame_num == first.frame_num && (alike || same_sample)
}
