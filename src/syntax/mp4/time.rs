//! How long a track is presented: its samples, its edit list, its fragments.
//!
//! The media ends with the latest composition time plus its duration. An edit that reaches past that end is cut to
//! it: players have nothing to show there. Without an edit list the presentation lasts as long as the decoding
//! durations, whatever the composition offsets add in front; peers disagree there, and this is what the media has.

use super::elst::Elst;
use super::moof::decode_end;
use super::samples::Samples;
use super::steady::Steady;
use super::stts::{each_offset_run, steady_delta};
use crate::units::{Duration, Ratio};

/// The times of a track's media, in ticks of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MediaTime {
    /// Where decoding ends: the sum of the durations, or the end of the latest fragment.
    pub(crate) decode_end: u64,
    /// The latest composition time of any sample plus its duration.
    pub(crate) composition_end: u64,
    /// By how much the sample that is stored last ends before that. `None`: it is in a fragment.
    pub(crate) last_is_early: Option<u64>,
}

impl MediaTime {
    /// The times of `samples`; `steady` is what is known of them where they are frames at a steady rate.
    pub(super) fn of(samples: &Samples<'_>, steady: Option<Steady>) -> Self {
        let fragments = samples.fragments;
        let steady = steady.and_then(|steady| steady.ends()).or_else(|| steady_ends(samples));
        let tables = steady.or_else(|| ends(samples.time_runs().map(|run| run.composition_end())));
        let end = tables.map(|(most, _)| most).max(fragments.composition_end).unwrap_or(0);
        let early = tables.and_then(|(most, last)| u64::try_from(most.saturating_sub(last)).ok());
        Self {
            decode_end: decode_end(samples.tables).max(fragments.latest_decode_end),
            composition_end: u64::try_from(end).unwrap_or(0),
            last_is_early: early.filter(|_| fragments.composition_end.is_none()),
        }
    }

    /// How long the media is presented, edits applied. `None`: a clock stands still or the sum passes 64 bits.
    pub(crate) fn presented(&self, timescale: u32, edits: Option<(Elst<'_>, u32)>) -> Option<Duration> {
        let Some((list, movie_timescale)) = edits.filter(|(list, _)| list.len() > 0) else {
            return Duration::from_ticks(self.decode_end, timescale);
        };
        let (media_scale, movie_scale) = (u128::from(timescale), u128::from(movie_timescale));
        let (mut movie_ticks, mut media_ticks) = (0_u128, 0_u128);
        let final_index = list.len().saturating_sub(1);
        for (index, edit) in list.edits().enumerate() {
            let segment = u128::from(edit.segment_duration);
            let Some(media_time) = edit.media_time.filter(|_| edit.is_normal_speed() || segment == 0) else {
                movie_ticks += segment;
                continue;
            };
            let left = u128::from(self.composition_end.saturating_sub(media_time));
            if segment == 0 {
                // To the end of the media, where fragments follow (ISO/IEC 14496-12:2022 8.6.6.3); other writers leave
                // it 0 as well when they do not know the end yet.
                media_ticks += if index == final_index { left } else { 0 };
            } else if segment * media_scale > left * movie_scale {
                media_ticks += left;
            } else {
                movie_ticks += segment;
            }
        }
        if movie_ticks == 0 {
            return Ratio::from_u128(media_ticks, media_scale).map(Duration);
        }
        // Both sums stay below 2^88: a table has fewer than 2^24 entries.
        let sum = movie_ticks * media_scale + media_ticks * movie_scale;
        Ratio::from_u128(sum, movie_scale * media_scale).map(Duration)
    }
}

/// The latest of the ends of all samples, and that of the last one.
fn ends(ends: impl Iterator<Item = i64>) -> Option<(i64, i64)> {
    ends.fold(None, |most: Option<(i64, i64)>, end| Some((most.map_or(end, |(most, _)| most.max(end)), end)))
}

/// The same where all samples of the tables last the same, as those of most videos: only their offsets are walked then.
fn steady_ends(samples: &Samples<'_>) -> Option<(i64, i64)> {
    let count = samples.tables.sizes.len();
    let (delta, last) = steady_delta(samples.tables.stts, count)?;
    let delta = u64::from(delta);
    // Further times would not fit in 63 bits.
    count.checked_mul(delta).filter(|&end| u64::from(last) == delta && end < 1 << 62)?;
    let (mut most, mut last) = (i64::MIN, i64::MIN);
    each_offset_run(samples.tables.ctts, count, |run| {
        last = ((run.first + run.count) * delta).cast_signed() + i64::from(run.offset);
        most = most.max(last);
        Some(())
    })?;
    (count > 0).then_some((most, last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::Cursor;
    use crate::syntax::mp4::frame_rate::tests::with_samples;

    /// An edit list of version 0 with edits at normal speed, in a movie of 1000 ticks a second.
    fn presented(media: MediaTime, timescale: u32, edits: &[(u32, i32)]) -> String {
        let mut body = vec![0; 4];
        body.extend((edits.len() as u32).to_be_bytes());
        for (duration, time) in edits {
            body.extend(duration.to_be_bytes());
            body.extend(time.to_be_bytes());
            body.extend([0, 1, 0, 0]);
        }
        let list = Elst::read(Cursor::new(&body, 0)).unwrap();
        media.presented(timescale, Some((list, 1000))).unwrap().seconds().to_string()
    }

    /// 150 s with a composition offset of two frames at 25 frames a second.
    const MEDIA: MediaTime =
        MediaTime { decode_end: 150 * 12_800, composition_end: 150 * 12_800 + 1024, last_is_early: Some(0) };

    #[test]
    fn without_edits_the_samples_decide() {
        assert_eq!(MEDIA.presented(12_800, None), Duration::from_ticks(150, 1));
        assert_eq!(MEDIA.presented(0, None), None);
        assert_eq!(presented(MEDIA, 12_800, &[]), "150");
    }

    #[test]
    fn edits_choose_what_is_presented() {
        assert_eq!(presented(MEDIA, 12_800, &[(150_000, 1024)]), "150");
        assert_eq!(presented(MEDIA, 12_800, &[(100_000, 1024)]), "100", "150 s of media presented as 100 s");
        assert_eq!(presented(MEDIA, 12_800, &[(500, -1), (100_000, 1024)]), "201/2", "an empty edit counts");
        assert_eq!(presented(MEDIA, 12_800, &[(60_000, 0), (90_000, 0)]), "150");
    }

    #[test]
    fn an_edit_past_the_end_of_the_media_is_cut() {
        assert_eq!(presented(MEDIA, 12_800, &[(150_001, 1024)]), "150");
        assert_eq!(presented(MEDIA, 12_800, &[(u32::MAX, 1024)]), "150");
        assert_eq!(presented(MEDIA, 12_800, &[(1000, i32::MAX)]), "0");
    }

    #[test]
    fn an_edit_without_a_duration_runs_to_the_end() {
        assert_eq!(presented(MEDIA, 12_800, &[(0, 1024)]), "150");
        assert_eq!(presented(MEDIA, 12_800, &[(20, -1), (0, 1024)]), "7501/50");
        assert_eq!(presented(MEDIA, 12_800, &[(0, 1024), (10_000, 0)]), "10");
    }

    #[test]
    fn an_edit_at_another_speed_lasts_as_long_as_it_says() {
        let body = b"\0\0\0\0\0\0\0\x01\0\x04\x93\xe0\0\0\0\0\0\0\0\0";
        let still = Elst::read(Cursor::new(body, 0)).unwrap();
        assert_eq!(MEDIA.presented(12_800, Some((still, 1000))), Duration::from_ticks(300, 1));
        assert_eq!(MEDIA.presented(12_800, Some((still, 0))), None);
    }
    proptest! {
        #[test]
        fn ends_are_the_same_where_frames_are_steady(
            order in prop::sample::subsequence((0_i32..9).collect::<Vec<_>>(), 9).prop_shuffle(), shift in -3_i32..3,
        ) {
            let order = std::iter::once(0).chain(order.iter().map(|place| place + 1));
            let ctts: Vec<_> = (0..).zip(order).map(|(at, place)| [1, (2 * (place - at) + shift).cast_unsigned()]).collect();
            with_samples(&[[10, 2]], &ctts, |samples| {
                let expected = ends(samples.time_runs().map(|run| run.composition_end()));
                prop_assert_eq!(Steady::of(samples).and_then(|steady| steady.ends()), expected);
                Ok(())
            })?;
        }

        #[test]
        fn ends_are_the_same_where_all_samples_last_the_same(
            runs in prop::collection::vec((1_u32..4, -9_i32..9), 0..6),
            delta in prop_oneof![0..9_u32, Just(u32::MAX)], count in 1..12_u32,
        ) {
            let ctts: Vec<_> = runs.into_iter().map(|(count, offset)| [count, offset.cast_unsigned()]).collect();
            with_samples(&[[count, delta]], &ctts, |samples| {
                let expected = ends(samples.time_runs().map(|run| run.composition_end()));
                prop_assert_eq!(steady_ends(samples), expected);
                if let Some(told) = Steady::of(samples).and_then(|steady| steady.ends()) {
                    prop_assert_eq!(Some(told), expected);
                }
                Ok(())
            })?;
        }
    }
}
