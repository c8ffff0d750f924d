//! Every row on facts built in code: what it takes, what it does not, and what leaves it undecided.

mod metadata;
mod picture;
mod sound;
mod still;
mod time;

use super::{Compared, Metadata, Options, RowVerdict, Trim, compare, rows};
use crate::facts::{Fact, Facts, Format, Frames, Presentation, Track, TrackKind};
use crate::finding::{Severity, Verdict};
use crate::profile::Profile;
use crate::rules::testing::{Change, Scenario, audio_track, known, seconds};
use crate::units::Duration;

use Says::{Error, Nothing, Pass, Undecided, Warning};

/// Ten seconds at 30 frames/s with stereo sound, with the times of their frames.
fn film() -> Scenario {
    let mut film = Scenario::movie();
    let times: Vec<u64> = (0..300).collect();
    let frames = Frames { timescale: 30, times, sync_samples: 2, longest_sync_interval: 250 };
    let begins =
        |frames, skipped| known(Presentation { start: Duration::ZERO, length: seconds(10, 1), skipped, frames });
    film.track().presentation = begins(known(frames), Duration::ZERO);
    film.audio_track().presentation = begins(Fact::Absent, seconds(1024, 48_000));
    film.audio_track().language = known("eng".to_owned());
    film.movie_facts().tags = Some(Vec::new());
    film
}

/// A JPEG that is shown as it is stored.
fn photo() -> Scenario {
    let mut photo = Scenario::jpeg();
    photo.image().orientation = Fact::Absent;
    photo.image().location = Fact::Absent;
    photo.image().colour = known("YCbCr".into());
    photo
}

/// A GIF of one second that is played for ever.
fn animation() -> Scenario {
    let mut animation = Scenario::gif();
    animation.image().orientation = Fact::Absent;
    animation.image().location = Fact::Absent;
    animation.animation().duration = known(seconds(1, 1));
    animation.animation().loop_count = known(0);
    animation
}

/// What the row `id` says of `sample`, changed on each side.
fn row_of(id: &str, sample: fn() -> Scenario, source: Change, result: Change, options: &Options) -> Compared {
    let (mut before, mut after) = (sample(), sample());
    source(&mut before);
    result(&mut after);
    compare(&before.facts, &after.facts, &Profile::default(), options).row(id).unwrap().clone()
}

/// What a row is to say.
#[derive(Clone, Copy, Debug)]
enum Says {
    Pass,
    Error,
    Warning,
    Undecided,
    Nothing,
}

/// One pair of a row: what the row says of it, and a part of its message.
type Case = (Change, Change, Says, &'static str);

fn hold(id: &str, sample: fn() -> Scenario, cases: &[Case]) {
    hold_with(id, sample, &Options::default(), cases);
}

fn hold_with(id: &str, sample: fn() -> Scenario, options: &Options, cases: &[Case]) {
    for (index, (source, result, says, part)) in cases.iter().enumerate() {
        let row = row_of(id, sample, *source, *result, options);
        let is_so = match says {
            Pass => row.verdict == RowVerdict::Pass && row.remedy.is_empty() && row.expected.is_some(),
            Error => row.verdict == RowVerdict::Fail && row.severity == Severity::Error && !row.remedy.is_empty(),
            Warning => row.verdict == RowVerdict::Fail && row.severity == Severity::Warning,
            Undecided => row.verdict == RowVerdict::Undecided && row.message.starts_with("not known, because "),
            Nothing => row.verdict == RowVerdict::NotApplicable,
        };
        assert!(is_so && row.message.contains(part), "{id}, case {index}: {says:?} {part:?} is not {row:#?}");
    }
}

const SAME: Change = |_| {};

#[test]
fn kinds_and_tracks() {
    hold(
        "content",
        film,
        &[
            (SAME, SAME, Pass, "both are a film"),
            (|s| s.facts = animation().facts, SAME, Pass, "the source is an animation and the result is a film"),
            (SAME, |s| s.facts = photo().facts, Error, "the source is a film and the result is a still image"),
            (SAME, |s| s.facts.movie = None, Undecided, "the result is damaged"),
            (|s| s.facts = Facts::new(1, Format::Matroska), SAME, Undecided, "the source is Matroska"),
        ],
    );
    hold(
        "tracks",
        film,
        &[
            (SAME, SAME, Pass, "both have 1 of video, 1 of sound"),
            (SAME, |s| drop(s.movie_facts().tracks.remove(1)), Error, "the result 1 of video"),
            (SAME, |s| drop(s.movie_facts().tracks.remove(0)), Error, ""),
            (|s| drop(s.movie_facts().tracks.remove(1)), SAME, Warning, "1 of sound"),
            (|s| s.movie_facts().tracks.push(audio_track(2)), SAME, Warning, "2 of sound"),
            (|s| s.movie_facts().tracks.push(Track::new(2, TrackKind::Subtitle)), SAME, Warning, "1 of subtitles"),
            (|s| s.facts = animation().facts, SAME, Pass, ""),
            (|s| s.facts = photo().facts, SAME, Nothing, ""),
        ],
    );
}

#[test]
fn a_copy_passes_every_row() {
    for sample in [film, photo, animation, Scenario::srt] {
        let facts = sample().facts;
        let comparison = compare(&facts, &facts, &Profile::default(), &Options::default());
        for row in &comparison.rows {
            assert!(matches!(row.verdict, RowVerdict::Pass | RowVerdict::NotApplicable), "{row:?}");
        }
    }
}

#[test]
fn identifiers_are_unique_and_none_is_a_rule() {
    for (index, row) in rows().iter().enumerate() {
        assert!(rows().iter().skip(index + 1).all(|other| other.id != row.id), "{}", row.id);
        assert!(crate::rules::find(row.id).is_none(), "{} is a rule too", row.id);
        assert!(!row.remedy.is_empty() && !row.tolerance.is_empty(), "{}", row.id);
    }
}

#[test]
fn rows_are_selected_and_left_out() {
    let facts = film().facts;
    let ids = |options: &Options| -> Vec<String> {
        let rows = compare(&facts, &facts, &Profile::default(), options).rows;
        rows.into_iter().map(|row| row.row.into_owned()).collect()
    };
    let some = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&Options { select: some(&["start", "content"]), ..Options::default() }), ["content", "start"]);
    let without = ids(&Options { ignore: some(&["start"]), ..Options::default() });
    assert_eq!((without.len(), without.contains(&"start".to_owned())), (rows().len() - 1, false));
    assert!(ids(&Options { select: some(&["start"]), ignore: some(&["start"]), ..Options::default() }).is_empty());
}

#[test]
fn a_warning_fails_its_row_and_not_the_whole() {
    let (before, mut after) = (film(), film());
    after.video().bit_depth_luma = known(7);
    let comparison = compare(&before.facts, &after.facts, &Profile::default(), &Options::default());
    let row = comparison.row("sample-depth").unwrap();
    assert_eq!((row.verdict, row.severity, comparison.verdict), (RowVerdict::Fail, Severity::Warning, Verdict::Pass));
    after.video().bit_depth_luma = Fact::unknown("cut");
    let comparison = compare(&before.facts, &after.facts, &Profile::default(), &Options::default());
    assert_eq!(comparison.row("sample-depth").unwrap().verdict, RowVerdict::Undecided);
    assert_eq!(comparison.verdict, Verdict::Pass, "an undecided warning decides nothing");
    after.audio().channels = Fact::unknown("cut");
    let comparison = compare(&before.facts, &after.facts, &Profile::default(), &Options::default());
    assert_eq!(comparison.verdict, Verdict::Undecided);
    let row = comparison.row("channels").unwrap();
    assert_eq!(row.message, "not known, because of the result's number of channels: cut");
}
