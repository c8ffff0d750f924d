//! Groups of pictures: how long they are, and whether they are open.

use super::followers::Follower;
use super::frames::{Frame, inter_letter};
use crate::facts::GopKind;

/// Follows the groups of pictures through the frames in decoding order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gops {
    /// The random access picture before, in the present run of comparable order counts.
    entry: Option<Entry>,
    /// Of those before that one, the one shown last.
    earlier: Option<Entry>,
    /// Open groups found so far.
    pub(crate) open: Open,
    /// Frames since the last IDR, and that IDR.
    current: Length,
    /// The longest run from an IDR to the next.
    longest: Length,
    /// The same, where a frame that could not be read counts as an IDR.
    certain: Length,
    certain_longest: Length,
    idrs: u64,
    /// The first frame that begins a gradual recovery.
    pub(crate) gradual: Option<Frame>,
    lists: bool,
    /// The groups in decoding order, at most [`MOST_LISTED`]; none where they are not asked for.
    pub(crate) list: Vec<Listed>,
}

/// Open groups of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// How many there are.
    pub(crate) count: u64,
    /// The picture that begins the first.
    pub(crate) first: Option<Frame>,
    /// Frames that follow it, are shown before it, and need others.
    pub(crate) leading: u64,
}

/// A run of frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Length {
    /// Number of frames.
    pub(crate) frames: u64,
    /// The first of them. Absent: it could not be read.
    pub(crate) first: Option<Frame>,
}

/// One group for listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The picture that begins it.
    pub(crate) first: Frame,
    /// What begins it.
    pub(crate) kind: GopKind,
    /// Bytes of its samples.
    pub(crate) bytes: u64,
    /// One letter a frame, in ASCII.
    pub(crate) types: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    frame: Frame,
    leading: u64,
    /// Place in the list. Absent: the list was full.
    listed: Option<usize>,
}

impl Gops {
    /// No group yet. They are listed where `lists` says so.
    #[inline]
    pub(crate) fn new(lists: bool) -> Self {
        Self { lists, ..Self::default() }
    }

    /// Takes the next frame in decoding order. Returns the random access picture that it shows to begin an open group,
    /// where it is the first to show that.
    pub(crate) fn take(&mut self, frame: &Frame) -> Option<Frame> {
        let is_idr = frame.is_idr();
        if is_idr {
            self.idrs += 1;
            self.begin_run(frame);
        } else if frame.recovery_frame_cnt.is_some_and(|count| count > 0) && self.gradual.is_none() {
            self.gradual = Some(*frame);
        }
        self.lengthen(frame);
        let is_entry = frame.is_open_entry();
        if self.lists {
            self.list(frame, is_idr, is_entry);
        }
        // A picture that resets the order is shown after all before it, and comparable only with those that follow.
        if is_idr || frame.resets_order {
            self.entry = None;
            self.earlier = None;
            return None;
        }
        if is_entry {
            let own = self.list.last().is_some_and(|group| group.first.number == frame.number);
            let listed = self.list.len().checked_sub(1).filter(|_| own);
            let entry = Entry { frame: *frame, leading: 0, listed };
            let before = self.entry.replace(entry);
            self.earlier = [self.earlier, before].into_iter().flatten().max_by_key(|entry| entry.frame.order);
            return None;
        }
        // Most videos have no random access pictures but IDRs.
        if self.has_no_entry() || !frame.is_inter() { None } else { self.lead(frame.order) }
    }

    /// Whether the next frame may only follow in its group, to be taken by [`Self::follow`] or just counted.
    #[inline]
    pub(crate) const fn may_follow(&self) -> bool {
        self.current.first.is_some() && self.certain.first.is_some()
    }

    /// Whether of frames that follow nothing matters but how many they are: not when they are shown, and not their kind.
    #[inline]
    pub(crate) const fn counts_only(&self) -> bool {
        // Most videos have no random access pictures but IDRs.
        !self.lists && self.has_no_entry()
    }

    /// Counts frames that follow, where [`Self::may_follow`] allows it. All but those that [`Self::counts_only`] speaks of
    /// have to be shown to [`Self::follow`] too.
    #[inline]
    pub(crate) const fn count(&mut self, frames: u64) {
        self.current.frames += frames;
        self.certain.frames += frames;
    }

    /// Takes all of the next frame but its number, where that begins nothing and [`Self::may_follow`] allows it. Returns
    /// what [`Self::take`] does.
    #[inline]
    pub(crate) fn follow(&mut self, size: u64, frame: &Follower) -> Option<Frame> {
        if let Some(group) = self.list.last_mut() {
            group.bytes = group.bytes.saturating_add(size);
            group.types.push(inter_letter(frame.has_b, frame.is_reference));
        }
        if self.has_no_entry() { None } else { self.lead(frame.order) }
    }

    #[inline]
    const fn has_no_entry(&self) -> bool {
        self.entry.is_none() && self.earlier.is_none()
    }

    /// Takes a frame of which nothing is known.
    pub(crate) fn take_unreadable(&mut self) {
        self.certain_longest = self.longest_certain();
        self.certain = Length::default();
        self.current.frames += 1;
    }

    /// The longest run from an IDR, or the beginning, up to the next IDR or the end. Frames that could not be read
    /// count as no IDR, so that the true one may be shorter.
    pub(crate) const fn longest(&self) -> Length {
        if self.current.frames > self.longest.frames { self.current } else { self.longest }
    }

    /// The longest run in which every frame was read: the true one may be longer.
    pub(crate) const fn longest_certain(&self) -> Length {
        if self.certain.frames > self.certain_longest.frames { self.certain } else { self.certain_longest }
    }

    /// Whether the video has no IDR after its first and refreshes itself gradually.
    pub(crate) const fn is_refreshed(&self) -> bool {
        self.gradual.is_some() && self.idrs <= 1
    }

    /// Begins a new run at an IDR.
    fn begin_run(&mut self, frame: &Frame) {
        self.longest = self.longest();
        self.certain_longest = self.longest_certain();
        self.current = Length { frames: 0, first: Some(*frame) };
        self.certain = self.current;
    }

    fn lengthen(&mut self, frame: &Frame) {
        for run in [&mut self.current, &mut self.certain] {
            run.frames += 1;
            if run.first.is_none() {
                run.first = Some(*frame);
            }
        }
    }

    /// Holds a frame that needs others against the random access pictures that came before it.
    #[inline(never)]
    fn lead(&mut self, order: i64) -> Option<Frame> {
        let mut shown = None;
        for entry in [&mut self.entry, &mut self.earlier].into_iter().flatten() {
            if order >= entry.frame.order {
                continue;
            }
            entry.leading += 1;
            if entry.leading == 1 {
                self.open.count += 1;
                self.open.first.get_or_insert(entry.frame);
                if let Some(listed) = entry.listed.and_then(|index| self.list.get_mut(index)) {
                    listed.kind = GopKind::Open;
                }
                shown = Some(entry.frame);
            }
            if self.open.first.is_some_and(|first| first.number == entry.frame.number) {
                self.open.leading += 1;
            }
        }
        shown
    }

    fn list(&mut self, frame: &Frame, is_idr: bool, is_entry: bool) {
        if (is_idr || is_entry || self.list.is_empty()) && self.list.len() < MOST_LISTED {
            let kind = match (is_idr, is_entry) {
                (true, _) => GopKind::Idr,
                (false, true) => GopKind::Closed,
                (false, false) => GopKind::Start,
            };
            self.list.push(Listed { first: *frame, kind, bytes: 0, types: Vec::with_capacity(USUAL_LENGTH) });
        }
        if let Some(group) = self.list.last_mut() {
            group.bytes = group.bytes.saturating_add(frame.bytes);
            group.types.push(frame.letter());
        }
    }
}

/// Frames that most groups have at most, or a part of them that is worth one allocation.
const USUAL_LENGTH: usize = 32;

/// Groups that are listed; those of the rest of a longer video go with the last.
const MOST_LISTED: usize = 16_384;
