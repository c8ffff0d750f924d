//! From frames to facts: scan, open GOPs, the longest GOP, the sync tables.

use super::followers::Head;
use super::frames::{Frame, Frames, SampleInfo, SyncSource};
use super::gops::Gops;
use super::picture::{Picture, PictureReader};
use super::scan::{ScanCount, ScanVerdict};
use super::sync::{Contradiction, Contradictions};
use crate::facts::{Container, Evidence, Fact, Gop, GopLength, OpenGops, PicturePlace, Scan, SyncContradiction, Video};
use crate::units::Duration;

/// Gathers what the pictures of a video say, sample by sample in decoding order.
#[derive(Debug)]
pub(crate) struct PictureFacts {
    timescale: u32,
    track: Container,
    frames: Frames,
    counted: Counted,
    first_sample: Option<u64>,
    unreadable: Option<String>,
}

#[derive(Debug, Default)]
struct Counted {
    any: bool,
    /// Whether the flags of fragments call predicted pictures sync samples: they were never set, and list nothing.
    flags_unset: bool,
    scan: ScanCount,
    gops: Gops,
    contradictions: Contradictions,
}

/// Samples that were taken one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Followed {
    /// How many they are, at most 2^32 at once.
    pub(crate) samples: u32,
    /// Bytes of the samples.
    pub(crate) bytes: u64,
    /// Bytes of their heads.
    pub(crate) looked_at: u64,
}

impl Counted {
    fn take(&mut self, frame: &Frame) {
        self.any = true;
        self.scan.take(frame);
        self.contradictions.take(frame);
        let open = if frame.sample.labels.source == SyncSource::Fragment {
            let mut frame = *frame;
            self.flags_unset |= frame.sample.labels.sync && !frame.begins_intra;
            frame.sample.labels.sync &= !self.flags_unset;
            self.gops.take(&frame)
        } else {
            self.gops.take(frame)
        };
        if let Some(open) = open {
            self.contradictions.take_open(&open);
        }
    }
}

impl PictureFacts {
    /// Nothing gathered yet, for the track of the given path whose clock has `timescale` ticks a second. `lists_groups`
    /// says whether the groups of pictures are listed too.
    #[inline]
    pub(crate) fn new(timescale: u32, track: &Container, lists_groups: bool) -> Self {
        Self {
            timescale,
            track: track.clone(),
            frames: Frames::default(),
            counted: Counted { gops: Gops::new(lists_groups), ..Counted::default() },
            first_sample: None,
            unreadable: None,
        }
    }

    /// Takes the pictures of the next sample.
    pub(crate) fn take(&mut self, sample: &SampleInfo, pictures: &[Picture]) {
        self.first_sample.get_or_insert(sample.offset);
        let Self { frames, counted, .. } = self;
        frames.take(sample, pictures, |frame| counted.take(frame));
    }

    /// Takes the frames of the next samples, whose labels are silent, as long as each can only follow in its group. Of what
    /// [`Self::take`] does that leaves the counting.
    #[inline(never)]
    pub(crate) fn follow<'h>(
        &mut self,
        pictures: &mut PictureReader<'_>,
        heads: impl Iterator<Item = Head<'h>>,
    ) -> Followed {
        let Self { frames, counted, .. } = self;
        if frames.is_waiting() || !counted.gops.may_follow() {
            return Followed::default();
        }
        let Some(mut followers) = pictures.followers() else { return Followed::default() };
        let (mut samples, mut bytes, mut looked_at) = (0, 0, 0);
        let counts_only = counted.gops.counts_only();
        for head in heads {
            if !counts_only || !followers.is_disposable(&head) {
                let Some(frame) = followers.read(&head) else { break };
                if !counts_only && let Some(open) = counted.gops.follow(head.size.into(), &frame) {
                    counted.contradictions.take_open(&open);
                }
            }
            samples += 1;
            bytes += u64::from(head.size);
            looked_at += head.bytes.len() as u64;
        }
        let (frame_mbs_only, mb_adaptive_frame_field) = followers.flags();
        frames.skip_all(samples.into());
        counted.scan.take_untimed(samples.into(), frame_mbs_only, mb_adaptive_frame_field);
        counted.gops.count(samples.into());
        Followed { samples, bytes, looked_at }
    }

    /// Takes a sample whose pictures could not be learnt, or not all of them, because of `why`.
    pub(crate) fn take_unreadable(&mut self, sample: &SampleInfo, why: &dyn std::fmt::Display) {
        self.flush();
        self.frames.skip();
        self.counted.gops.take_unreadable();
        self.unreadable.get_or_insert_with(|| format!("sample {} at offset {}: {why}", sample.index, sample.offset));
    }

    /// Fills the facts that the pictures decide, once. What the headers decided before stays where the pictures cannot.
    pub(crate) fn lower(&mut self, video: &mut Video) {
        self.flush();
        if !self.counted.any {
            let why = self.unreadable.take().unwrap_or_else(|| "no coded picture was found".to_owned());
            leave_unknown(video, &why);
            return;
        }
        video.scan = self.scan(std::mem::take(&mut video.scan));
        learn(&mut video.open_gops, self.open_gops());
        learn(&mut video.longest_gop, self.longest_gop());
        video.sync_contradiction = self.sync_contradiction();
        video.intra_refresh = match (&self.counted.gops.gradual, &self.unreadable) {
            (Some(first), _) => Fact::known(self.counted.gops.is_refreshed(), self.at(first)),
            (None, Some(why)) => Fact::unknown(why.clone()),
            (None, None) => Fact::known(false, self.samples()),
        };
        video.gops = self.list();
    }

    fn flush(&mut self) {
        if let Some(frame) = self.frames.flush() {
            self.counted.take(&frame);
        }
    }

    /// What the headers said of the scan stays where every frame agrees.
    fn scan(&self, headers: Fact<Scan>) -> Fact<Scan> {
        let verdict = self.counted.scan.verdict();
        if let ScanVerdict::Interlaced { how, first, frames } = verdict {
            let at = self.at(&first);
            return Fact::known(Scan::Interlaced { how, first: self.place(&first), frames }, at);
        }
        if let Some(why) = &self.unreadable {
            // Frames that could not be read are of the parameter sets that the container gives.
            let only_frames = verdict == ScanVerdict::FramesOnly && headers.value() == Some(&Scan::Progressive);
            return if only_frames { headers } else { Fact::unknown(why.clone()) };
        }
        match verdict {
            ScanVerdict::FramesOnly if headers.value() == Some(&Scan::Progressive) => headers,
            ScanVerdict::FramesOnly => Fact::known(Scan::Progressive, self.samples()),
            ScanVerdict::Untold { frames } => Fact::unknown(format!(
                "{frames} MBAFF frames carry no pic_struct, and whether their macroblocks are fields sits in slice data"
            )),
            ScanVerdict::NothingInterlaced { how } | ScanVerdict::Interlaced { how, .. } => {
                Fact::known(Scan::ProgressiveFrames { how }, self.samples())
            }
        }
    }

    fn open_gops(&self) -> Fact<OpenGops> {
        let open = &self.counted.gops.open;
        match (&open.first, &self.unreadable) {
            (Some(first), _) => Fact::known(
                OpenGops { count: open.count, first: Some(self.place(first)), leading_pictures: open.leading },
                self.at(first),
            ),
            (None, Some(why)) => Fact::unknown(why.clone()),
            (None, None) => Fact::known(OpenGops { count: 0, first: None, leading_pictures: 0 }, self.samples()),
        }
    }

    fn longest_gop(&self) -> Fact<GopLength> {
        let longest = self.counted.gops.longest();
        let known = |frames, upper_bound, first: Option<&Frame>| {
            let at = first.map_or_else(|| self.samples(), |first| self.at(first));
            Fact::known(GopLength { frames, upper_bound, first: first.map(|first| self.place(first)) }, at)
        };
        let Some(why) = &self.unreadable else {
            return known(longest.frames, false, longest.first.as_ref());
        };
        // What could not be read may be an IDR or none: both readings are tried against the shortest limit in use.
        let certain = self.counted.gops.longest_certain();
        if longest.frames <= SHORT_GOP {
            known(longest.frames, true, None)
        } else if certain.frames > SHORT_GOP {
            known(certain.frames, false, certain.first.as_ref())
        } else {
            Fact::unknown(why.clone())
        }
    }

    fn sync_contradiction(&self) -> Fact<SyncContradiction> {
        match (self.counted.contradictions.first(), &self.unreadable) {
            (Some(Contradiction { kind, first, count }), _) => {
                let (table, says, bitstream) = kind.texts();
                let contradiction = SyncContradiction {
                    table: table.to_owned(),
                    says: says.to_owned(),
                    bitstream: bitstream.to_owned(),
                    first: self.place(first),
                    count: *count,
                };
                Fact::known(contradiction, self.at(first))
            }
            (None, Some(why)) => Fact::unknown(why.clone()),
            (None, None) => Fact::Absent,
        }
    }

    fn list(&mut self) -> Vec<Gop> {
        let list = std::mem::take(&mut self.counted.gops.list);
        // Not collected, which would cut down the memory of the list, of which most is too much.
        let mut gops = Vec::with_capacity(list.len());
        gops.extend(list.into_iter().map(|group| Gop {
            first: self.place(&group.first),
            kind: group.kind,
            frames: group.types.len() as u64,
            bytes: group.bytes,
            types: String::from_utf8(group.types).unwrap_or_default(),
        }));
        gops
    }

    fn place(&self, frame: &Frame) -> PicturePlace {
        let ticks = u64::try_from(frame.sample.time).unwrap_or_default();
        PicturePlace {
            frame: frame.number,
            time: Duration::from_ticks(ticks, self.timescale).unwrap_or(Duration::ZERO),
            offset: frame.sample.offset,
        }
    }

    fn at(&self, frame: &Frame) -> Evidence {
        if frame.sample.index == 0 {
            return Evidence::within(frame.sample.offset, &self.track, "sample[0]");
        }
        let index = frame.sample.index.to_string();
        Evidence::named(frame.sample.offset, [self.track.as_str(), ".sample[", &index, "]"].concat())
    }

    fn samples(&self) -> Evidence {
        Evidence::within(self.first_sample.unwrap_or_default(), &self.track, "samples")
    }
}

/// Leaves what only the pictures can tell unknown because of `why`, but for what the headers decided.
pub(crate) fn leave_unknown(video: &mut Video, why: &str) {
    learn(&mut video.scan, Fact::unknown(why.to_owned()));
    learn(&mut video.open_gops, Fact::unknown(why.to_owned()));
    learn(&mut video.longest_gop, Fact::unknown(why.to_owned()));
    video.sync_contradiction = Fact::unknown(why.to_owned());
    video.intra_refresh = Fact::unknown(why.to_owned());
}

/// Takes what was learnt, unless that is nothing and something is known.
fn learn<T>(fact: &mut Fact<T>, learnt: Fact<T>) {
    if fact.value().is_none() || learnt.value().is_some() {
        *fact = learnt;
    }
}

/// The shortest GOP limit that a rule pack sets, in frames.
const SHORT_GOP: u64 = 512;
