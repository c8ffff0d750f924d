//! Films in other containers: their frames are looked at as the samples of fragments are.

use super::facts::{Coding, displayed};
use super::fragments::{Fields, Run, TrackFragments};
use super::frame_rate::frame_rate;
use super::notes::Notes;
use super::presentation::presentation;
use super::sample_entry::DecoderConfig;
use super::samples::{SAMPLE_IS_NON_SYNC, SampleTables, Samples};
use super::{access_units, duration, heads, vp9_head};
use crate::facts::{Container, Evidence, Fact, Movie, Track, TrackKind};
use crate::input::{Reader, Stop};
use crate::syntax::anomaly;
use crate::syntax::few::Few;
use crate::units::{BitRate, Duration, Ratio};

/// One frame of another container, of picture or of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Size in bytes.
    pub(crate) size: u32,
    /// When it is shown or heard, in ticks of the track's clock.
    pub(crate) time: i64,
    /// How long it lasts, in the same ticks. Absent: until the next one.
    pub(crate) duration: Option<u32>,
    /// Whether the container says that it needs no other frame.
    pub(crate) is_key: bool,
}

/// A track with its frames in the order of decoding.
pub(crate) struct Stream<'m> {
    track: Track,
    coding: Coding<'m>,
    fragments: TrackFragments,
    container: Container,
}

impl<'m> Stream<'m> {
    /// A track whose clock, which is known, counts the times of `frames`; `at` is where the first of them is told.
    pub(crate) fn new(
        track: Track,
        config: Option<DecoderConfig<'m>>,
        frames: &[Frame],
        container: Container,
        at: &Evidence,
        reader: &mut Reader<'_>,
        notes: &mut Notes<'_>,
    ) -> Self {
        let fragments = fragments(frames);
        let mut stream =
            Self { track, coding: Coding { configs: Few::One(config), external: false }, fragments, container };
        stream.time(at, reader, notes);
        stream
    }

    /// Forgets the sizes of the frames, which are not those of the codec.
    pub(crate) fn hide_sizes(&mut self, why: &'static str) {
        let track = &mut self.track;
        track.sample_bytes = Fact::unknown(why);
        track.bit_rate = Fact::unknown(why);
    }

    /// Takes the usual interval from what the container says of it, in nanoseconds, where its rounded times agree.
    pub(crate) fn refine_interval(&mut self, nanoseconds: u64) {
        let track = &mut self.track;
        let tick = track.timescale.value().and_then(|timescale| Ratio::new(1, (*timescale).into()));
        let rate = track.video.as_deref_mut().map(|video| &mut video.frame_rate);
        let (Some(tick), Some(Fact::Known { value: rate, .. })) = (tick, rate) else { return };
        let rounded = rate.most_frequent.and_then(Ratio::inverted);
        let (Some(rounded), Some(told)) = (rounded, Ratio::new(nanoseconds, 1_000_000_000)) else { return };
        let is_within = |a: Ratio, b: Ratio| b.plus(tick).is_some_and(|most| a <= most);
        if is_within(rounded, told) && is_within(told, rounded) {
            rate.most_frequent = told.inverted();
        }
    }

    /// What the times and sizes of the frames say.
    fn time(&mut self, at: &Evidence, reader: &mut Reader<'_>, notes: &mut Notes<'_>) {
        let tables = SampleTables::empty();
        let samples = Samples { tables: &tables, fragments: &self.fragments };
        let track = &mut self.track;
        let Some(timescale) = track.timescale.value().copied() else { return };
        track.edits = Fact::Absent;
        track.samples = Fact::known(samples.len(), at.clone());
        track.sample_bytes = Fact::known(samples.bytes(), at.clone());
        let Some(end) = self.fragments.composition_end else {
            track.duration = Fact::unknown(NO_FRAMES);
            track.media_duration = Fact::unknown(NO_FRAMES);
            track.bit_rate = Fact::unknown(NO_FRAMES);
            track.presentation = Fact::unknown(NO_FRAMES);
            return;
        };
        let first = samples.iter().map(|sample| sample.composition_time).min().unwrap_or(0);
        let ticks = |ticks: i64| Duration::from_ticks(u64::try_from(ticks).unwrap_or(0), timescale);
        let known = |length: Option<Duration>| {
            length.map_or_else(|| Fact::unknown("its times pass 64 bits"), |length| Fact::known(length, at.clone()))
        };
        let media = ticks(end.saturating_sub(first));
        track.duration = known(ticks(end));
        track.media_duration = known(media);
        track.bit_rate = match media.and_then(|media| BitRate::of(samples.bytes(), media)) {
            Some(rate) => Fact::known(rate, at.clone()),
            None => Fact::unknown("the media has no duration"),
        };
        let is_video = track.kind == TrackKind::Video;
        track.presentation = presentation(&samples, timescale, None, is_video, at.clone(), reader.budget());
        let Some(video) = track.video.as_deref_mut().filter(|_| is_video) else { return };
        video.frame_rate = match frame_rate(&samples, None, timescale, reader.budget()) {
            _ if samples.len() < 2 => Fact::Absent,
            Ok(Some(rate)) => Fact::known(rate, at.clone()),
            Ok(None) => Fact::unknown("all frames have the same time"),
            Err(exhausted) => {
                notes.push(anomaly(&Stop::Budget { offset: at.offset, field: "frames", exhausted }));
                Fact::unknown("sorting the times of all frames would pass the budget of one file")
            }
        };
    }
}

/// Puts the tracks into `movie`, and looks at the coded pictures of the one that is checked.
///
/// Errors: the source could not deliver.
pub(crate) fn finish(
    streams: Vec<Stream<'_>>,
    movie: &mut Movie,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Result<(), Stop> {
    let tables = SampleTables::empty();
    let mut rest = Vec::with_capacity(streams.len());
    for mut stream in streams {
        let samples = Samples { tables: &tables, fragments: &stream.fragments };
        access_units::look(&samples, &stream.container, &mut stream.track, &stream.coding, reader)?;
        movie.tracks.push(stream.track);
        rest.push((stream.coding.configs, stream.fragments, stream.container));
    }
    let chosen = movie.video_track().map(|track| track.index);
    for (track, (configs, fragments, container)) in movie.tracks.iter_mut().zip(&rest) {
        if Some(track.index) == chosen {
            let samples = Samples { tables: &tables, fragments };
            heads::look(track, &samples, &heads::Place { configs, external: false, container }, reader, notes)?;
            vp9_head::look(track, &samples, container, reader)?;
        }
        if let Some(video) = track.video.as_deref_mut() {
            video.displayed = displayed(video);
        }
    }
    (movie.duration, movie.duration_track) = duration(&movie.tracks);
    Ok(())
}

/// The frames as runs of one sample each. Nothing tells when a frame is decoded: in its turn, at the times at which all are
/// shown.
fn fragments(frames: &[Frame]) -> TrackFragments {
    let mut times: Vec<i64> = frames.iter().map(|frame| frame.time).collect();
    times.sort_unstable();
    let last = times.last().zip(times.iter().nth_back(1)).map_or(0, |(last, before)| last.saturating_sub(*before));
    let mut fragments = TrackFragments::default();
    for (frame, decode) in frames.iter().zip(&times) {
        let decode_time = u64::try_from(*decode).unwrap_or(0);
        let next = times.get(times.partition_point(|time| *time <= frame.time));
        let until_next = next.map_or(last, |next| next.saturating_sub(frame.time));
        let duration = frame.duration.unwrap_or_else(|| u32::try_from(until_next).unwrap_or(u32::MAX));
        let shift = frame.time.saturating_sub(i64::try_from(decode_time).unwrap_or(i64::MAX));
        let entries = fragments.entries.len();
        if shift != 0 {
            let shift = i32::try_from(shift).unwrap_or(if shift < 0 { i32::MIN } else { i32::MAX });
            fragments.entries.extend(shift.to_be_bytes());
        }
        fragments.push(Run {
            decode_time,
            data_offset: frame.offset,
            at: frame.offset,
            entries,
            sample_count: 1,
            description: 1,
            default_duration: duration,
            default_size: frame.size,
            default_flags: if frame.is_key { 0 } else { SAMPLE_IS_NON_SYNC },
            first_flags: None,
            fields: if shift == 0 { Fields::NONE } else { Fields::ONLY_COMPOSITION },
        });
    }
    fragments
}

const NO_FRAMES: &str = "the track has no frames";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_are_shown_out_of_order_keep_their_times() {
        let frame = |offset, time, is_key| Frame { offset, size: 10, time, duration: None, is_key };
        let frames = [frame(100, 40, true), frame(200, 140, false), frame(300, 80, false), frame(400, 110, false)];
        let fragments = fragments(&frames);
        let tables = SampleTables::empty();
        let samples = Samples { tables: &tables, fragments: &fragments };
        let found: Vec<_> = samples
            .iter()
            .map(|sample| (sample.offset, sample.decode_time, sample.composition_time, sample.sync))
            .collect();
        assert_eq!(found, [(100, 40, 40, true), (200, 80, 140, false), (300, 110, 80, false), (400, 140, 110, false)]);
        assert_eq!((samples.len(), samples.bytes(), samples.is_reordered()), (4, 40, true));
        assert_eq!(fragments.composition_end, Some(170), "the last one is shown as long as the one before it");

        let priming = super::fragments(&[Frame { duration: Some(20), ..frame(0, -7, true) }]);
        assert_eq!(priming.composition_end, Some(13));
        assert_eq!(super::fragments(&[]).composition_end, None);
    }
}
