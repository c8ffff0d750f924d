//! The timeline of a video as the page draws it: bytes over time, and the groups of pictures under them.

use serde::Serialize;

use super::row::millis;
use crate::facts::{Facts, Gop, GopKind, Timeline};

/// What the page draws of a video. All times are in milliseconds on the media's clock.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    /// Length of a part.
    bucket: u64,
    /// Where the last part ends.
    end: u64,
    /// Bytes of each part.
    bytes: Vec<u64>,
    /// Groups that are drawn: start, kind (`i` IDR, `c` closed, `o` open, `s` start), frames, bytes.
    gops: Vec<(u64, char, u64, u64)>,
    /// Number of all groups, by kind: IDR, closed, open, start.
    counts: [usize; 4],
}

impl Chart {
    /// The chart of the video track that is checked, where its timeline was asked for.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        let video = facts.video_track()?.video.as_ref()?;
        Some(Self::new(video.timeline.as_ref()?, &video.gops))
    }

    /// The chart of a timeline and the groups of pictures.
    pub(super) fn new(timeline: &Timeline, gops: &[Gop]) -> Self {
        let count = |kind| gops.iter().filter(|gop| gop.kind == kind).count();
        Self {
            bucket: millis(timeline.bucket).max(1),
            end: millis(timeline.end),
            bytes: timeline.bytes.clone(),
            gops: drawn(gops).map(|gop| (millis(gop.first.time), letter(gop.kind), gop.frames, gop.bytes)).collect(),
            counts: [count(GopKind::Idr), count(GopKind::Closed), count(GopKind::Open), count(GopKind::Start)],
        }
    }
}

/// The groups in their order: all of them, or of very many the open ones and some of the others.
fn drawn(gops: &[Gop]) -> impl Iterator<Item = &Gop> {
    let step = gops.len().div_ceil(MOST_GOPS).max(1);
    let mut open = 0_usize;
    gops.iter().enumerate().filter_map(move |(index, gop)| {
        let is_open = gop.kind == GopKind::Open;
        open += usize::from(is_open);
        (index % step == 0 || (is_open && open <= MOST_GOPS)).then_some(gop)
    })
}

const fn letter(kind: GopKind) -> char {
    match kind {
        GopKind::Idr => 'i',
        GopKind::Closed => 'c',
        GopKind::Open => 'o',
        GopKind::Start => 's',
    }
}

/// Groups above which some are left out: more than a screen has columns for.
const MOST_GOPS: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PicturePlace;
    use crate::units::Duration;

    fn gops(count: u64, open: &[u64]) -> Vec<Gop> {
        (0..count)
            .map(|index| Gop {
                first: PicturePlace { frame: index * 10, time: Duration::from_millis(index * 400), offset: index },
                kind: if open.contains(&index) { GopKind::Open } else { GopKind::Idr },
                frames: 10,
                bytes: 1000,
                types: String::new(),
            })
            .collect()
    }

    #[test]
    fn of_many_groups_every_open_one_is_drawn() {
        let timeline =
            Timeline { bucket: Duration::from_millis(250), end: Duration::from_millis(400), bytes: vec![1, 2] };
        let chart = Chart::new(&timeline, &gops(10_000, &[7777, 9999]));
        assert!(chart.gops.len() <= MOST_GOPS + 2, "{}", chart.gops.len());
        let open: Vec<u64> = chart.gops.iter().filter(|gop| gop.1 == 'o').map(|gop| gop.0).collect();
        assert_eq!((open, chart.counts), (vec![7777 * 400, 9999 * 400], [9998, 0, 2, 0]));

        let all_open: Vec<u64> = (0..10_000).collect();
        assert!(Chart::new(&timeline, &gops(10_000, &all_open)).gops.len() <= 2 * MOST_GOPS);
        let few = Chart::new(&timeline, &gops(3, &[1]));
        assert_eq!(few.gops, [(0, 'i', 10, 1000), (400, 'o', 10, 1000), (800, 'i', 10, 1000)]);
        assert_eq!((few.bucket, few.end, few.bytes), (250, 400, vec![1, 2]));
    }
}
