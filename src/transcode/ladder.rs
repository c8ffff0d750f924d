//! The ladder: one film in every size of the platform's table of renditions that it has the pixels for.
//!
//! A row applies where the picture lies as the row does and is at least as large as it in one direction, so that nothing is
//! enlarged. The picture keeps its shape: it is fitted into the row's size, never stretched. All renditions come from one run of
//! ffmpeg, which decodes the film once and splits it.

use std::cmp::Ordering;
use std::ffi::OsString;
use std::path::PathBuf;

use serde::Serialize;

use super::compare::{fitted, shown_size};
use super::ffmpeg::{colour_conversion, colour_tags, deinterlacer, lowered, protocol, without_gap};
use crate::facts::{Facts, Scan, Video};
use crate::profile::{Category, Level, Profile};
use crate::units::{BitRate, Dimensions, Ratio};

/// What of the table of renditions can be made of a film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ladder {
    /// The size at which the film is shown.
    pub shown: Dimensions,
    /// One entry a row of the table, in its order.
    pub rungs: Vec<Rung>,
    /// What else there is to know, one sentence each.
    pub notes: Vec<String>,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// The size that the table names.
    pub row: Dimensions,
    /// Bit rate of the video, in bits per second.
    pub video: BitRate,
    /// Bit rate of the sound, in bits per second.
    pub audio: BitRate,
    /// The size of the film in it, with its own shape. Absent: the row does not apply.
    pub size: Option<Dimensions>,
    /// Why the row does not apply. Absent: it does.
    pub left_out: Option<String>,
}

/// Why there is no ladder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLadder {
    /// It is no film, or has no picture.
    #[error("it has no video track, and the table of renditions is one of films")]
    NoVideo,
    /// Its size could not be read.
    #[error("the size of its picture is not known")]
    UnknownSize,
    /// The pack has no table.
    #[error("the rule pack {0} has no table of renditions")]
    NoTable(String),
}

impl Ladder {
    /// The ladder of a film by the table of a pack.
    pub fn of(facts: &Facts, profile: &Profile) -> Result<Self, NoLadder> {
        if facts.video_track().is_none() {
            return Err(NoLadder::NoVideo);
        }
        let shown = shown_size(facts).ok_or(NoLadder::UnknownSize)?;
        if profile.renditions().is_empty() {
            return Err(NoLadder::NoTable(profile.name().to_owned()));
        }
        let rungs = profile
            .renditions()
            .iter()
            .map(|row| {
                let left_out = reason(shown, row.dimensions);
                let size = left_out.is_none().then(|| even(fitted(shown, row.dimensions)));
                Rung { row: row.dimensions, video: row.video, audio: row.audio, size, left_out }
            })
            .collect();
        Ok(Self { shown, rungs, notes: notes(facts, profile) })
    }

    /// The rows that apply, with their sizes.
    pub fn applying(&self) -> impl Iterator<Item = (&Rung, Dimensions)> {
        self.rungs.iter().filter_map(|rung| rung.size.map(|size| (rung, size)))
    }

    /// The arguments of the one run of ffmpeg that makes all rows that apply, each at its path in `outputs`.
    pub fn arguments(
        &self,
        facts: &Facts,
        profile: &Profile,
        input: &std::path::Path,
        outputs: &[PathBuf],
    ) -> Vec<OsString> {
        let video = facts.video_track().and_then(|track| track.video.as_deref());
        let rungs: Vec<(&Rung, Dimensions)> = self.applying().collect();
        let mut arguments: Vec<OsString> = ["-hide_banner", "-nostdin", "-i"].map(OsString::from).to_vec();
        arguments.push(protocol(input));
        arguments.push("-filter_complex".into());
        arguments.push(graph(&rungs, &shared_filters(video, profile), colour_conversion(facts.video_track())).into());
        let sound = facts.movie.as_ref().and_then(|movie| movie.audio_tracks().next());
        for (index, ((rung, size), output)) in rungs.iter().zip(outputs).enumerate() {
            let mut words = vec!["-map".to_owned(), format!("[o{index}]")];
            words.extend(encoding(rung, *size, facts, profile));
            if let Some(track) = sound {
                let channels = track.audio.as_ref().and_then(|audio| audio.channels.value().copied());
                let most = profile.limits().audio_channels.of(CATEGORY).value.max.0;
                words.extend(["-map".to_owned(), format!("0:{}", track.index)]);
                words.extend(without_gap(track).into_iter().flat_map(|filter| ["-filter:a".to_owned(), filter]));
                words.extend(["-c:a", "aac", "-profile:a", "aac_low", "-b:a"].map(str::to_owned));
                words.push(rung.audio.0.to_string());
                if channels.is_none_or(|channels| u64::from(channels) > most) {
                    words.extend(["-ac".to_owned(), most.max(1).to_string()]);
                }
            }
            words.extend(["-movflags", "+faststart"].map(str::to_owned));
            arguments.extend(words.into_iter().map(OsString::from));
            arguments.push(protocol(output));
        }
        arguments
    }
}

/// Why a row does not apply; `None` where it does.
fn reason(shown: Dimensions, row: Dimensions) -> Option<String> {
    let lies = |size: Dimensions| match size.width.cmp(&size.height) {
        Ordering::Greater => "landscape",
        Ordering::Less => "portrait",
        Ordering::Equal => "square",
    };
    if lies(shown) != lies(row) {
        return Some(format!("the picture is {} ({shown}), and this row is {}", lies(shown), lies(row)));
    }
    if shown.width < row.width && shown.height < row.height {
        return Some(format!("the picture has {shown} pixels, and would have to be enlarged"));
    }
    None
}

/// What makes renditions of this film less than they should be.
fn notes(facts: &Facts, profile: &Profile) -> Vec<String> {
    let mut notes = Vec::new();
    let limit = profile.limits().duration_too_long.of(CATEGORY);
    let duration = facts.movie.as_ref().and_then(|movie| movie.duration.value());
    if let Some(duration) = duration.filter(|duration| limit.level == Level::Must && **duration > limit.value) {
        notes.push(format!(
            "The film lasts {duration}, and at most {} are allowed: cut it first (preflight fix --trim START:END, or --split).",
            limit.value
        ));
    }
    let colour = facts.video_track().and_then(|track| track.video.as_ref()?.colour.value());
    if colour.is_some_and(|colour| matches!(colour.transfer, 16 | 18)) {
        notes.push(
            "The film is HDR, and its renditions are tagged so; preflight fix maps it to the standard range first."
                .to_owned(),
        );
    }
    notes
}

/// The filters in front of the split: whole pictures, and no more of them than are allowed.
fn shared_filters(video: Option<&Video>, profile: &Profile) -> Vec<String> {
    let mut filters = Vec::new();
    let scan = video.and_then(|video| video.scan.value());
    if !matches!(scan, Some(Scan::Progressive)) {
        let says_fields = video.is_some_and(|video| video.field_count_box.value() == Some(&2));
        let is_all = matches!(scan, Some(Scan::Interlaced { .. })) || scan.is_none() && says_fields;
        filters.push(deinterlacer(!is_all, video));
    }
    filters.extend(lowered_rate(video, profile).map(lowered));
    filters
}

/// The rate to which the film is lowered. `None`: it keeps its own.
fn lowered_rate(video: Option<&Video>, profile: &Profile) -> Option<Ratio> {
    let limit = profile.limits().frame_rate_too_high.of(CATEGORY);
    let rate = video?.frame_rate.value()?.average;
    (limit.level != Level::Off && rate > limit.value.0).then_some(limit.value.0)
}

/// The film once, split and scaled.
fn graph(rungs: &[(&Rung, Dimensions)], shared: &[String], colours: &str) -> String {
    let mut filters = shared.to_vec();
    filters.push(format!("split={}", rungs.len()));
    let mut graph = format!("[0:v:0]{}", filters.join(","));
    (0..rungs.len()).for_each(|index| graph.push_str(&format!("[v{index}]")));
    for (index, (_, size)) in rungs.iter().enumerate() {
        graph.push_str(&format!(
            ";[v{index}]scale={}:{}:flags=lanczos{colours},setsar=1,format=yuv420p[o{index}]",
            size.width, size.height
        ));
    }
    graph
}

/// How the video of a row is encoded.
fn encoding(rung: &Rung, size: Dimensions, facts: &Facts, profile: &Profile) -> Vec<String> {
    let track = facts.video_track();
    let video = track.and_then(|track| track.video.as_deref());
    let lowered = lowered_rate(video, profile);
    let rate = video.and_then(|video| video.frame_rate.value()).map(|rate| rate.average);
    let mut words: Vec<String> = Vec::new();
    // Every picture at its own time; a lower rate has a clock of its own.
    let timescale = track.and_then(|track| track.timescale.value().copied()).filter(|scale| *scale > 0);
    if let (None, Some(timescale)) = (lowered, timescale) {
        words.extend(["-fps_mode".to_owned(), "passthrough".to_owned()]);
        words.extend(["-enc_time_base".to_owned(), format!("1/{timescale}")]);
        words.extend(["-video_track_timescale".to_owned(), timescale.to_string()]);
    }
    words.extend(["-c:v", "libx264", "-profile:v", "high"].map(str::to_owned));
    let bits = rung.video.0;
    for (option, value) in [("-b:v", bits), ("-maxrate", bits + bits / 2), ("-bufsize", bits.saturating_mul(2))] {
        words.extend([option.to_owned(), value.to_string()]);
    }
    let most = profile.limits().gop_too_long.of(CATEGORY);
    let two_seconds =
        lowered.or(rate).map_or(60, |rate| (rate.numerator().saturating_mul(2)).div_ceil(rate.denominator()));
    let gop = if most.level == Level::Off { two_seconds } else { two_seconds.min(most.value.0) };
    words.extend(["-g".to_owned(), gop.max(1).to_string()]);
    words.extend(["-flags", "+cgop", "-x264-params", "open-gop=0"].map(str::to_owned));
    words.extend(track.map(|track| colour_tags(track, size)).unwrap_or_default());
    words
}

/// The nearest even size, which 4:2:0 asks for.
fn even(size: Dimensions) -> Dimensions {
    let even = |edge: u32| (edge.saturating_add(1) & !1).max(2);
    Dimensions::new(even(size.width), even(size.height))
}

/// The category whose limits renditions keep.
const CATEGORY: Option<Category> = Some(Category::TweetVideo);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{ChromaFormat, Colour, Format};
    use crate::rules::testing::{Scenario, known, seconds};

    fn ladder(change: fn(&mut Scenario)) -> Ladder {
        let mut film = Scenario::movie();
        change(&mut film);
        Ladder::of(&film.facts, &Profile::default()).unwrap()
    }

    fn sizes(change: fn(&mut Scenario)) -> Vec<String> {
        ladder(change).applying().map(|(_, size)| size.to_string()).collect()
    }

    #[test]
    fn rows_of_the_same_orientation_apply_down_from_the_size_of_the_film() {
        assert_eq!(sizes(|_| {}), ["1280x720", "640x360", "320x180"]);
        assert_eq!(sizes(|s| s.size(1279, 719)), ["640x360", "320x180"]);
        assert_eq!(sizes(|s| s.size(1920, 1080)), ["1280x720", "640x360", "320x180"]);
        assert_eq!(sizes(|s| s.turned(1920, 1080)), ["720x1280", "360x640", "180x320"]);
        assert_eq!(sizes(|s| s.size(480, 480)), ["480x480", "240x240"]);
        assert_eq!(sizes(|s| s.size(300, 160)), Vec::<String>::new());
    }

    #[test]
    fn a_film_of_another_shape_is_fitted_and_not_stretched() {
        assert_eq!(sizes(|s| s.size(1280, 532)), ["1280x532", "640x266", "320x134"]);
        assert_eq!(sizes(|s| s.size(960, 720)), ["960x720", "480x360", "240x180"]);
        let anamorphic: fn(&mut Scenario) = |s| {
            s.size(720, 576);
            s.video().pixel_aspect_box = known(Ratio::new(64, 45).unwrap());
        };
        assert_eq!(sizes(anamorphic), ["640x360", "320x180"], "1024x576 as shown");
    }

    #[test]
    fn every_row_that_is_left_out_says_why() {
        let ladder = ladder(|s| s.size(640, 360));
        let why = |row: usize| ladder.rungs[row].left_out.clone().unwrap_or_default();
        assert_eq!(why(0), "the picture has 640x360 pixels, and would have to be enlarged");
        assert_eq!((why(1), why(2)), (String::new(), String::new()));
        assert_eq!(why(3), "the picture is landscape (640x360), and this row is portrait");
        assert_eq!(ladder.rungs.len(), 9);
    }

    #[test]
    fn one_run_makes_all_rows() {
        let mut film = Scenario::movie();
        film.rate(120, 1);
        film.audio().channels = known(6);
        let profile = Profile::default();
        let ladder = Ladder::of(&film.facts, &profile).unwrap();
        let outputs: Vec<PathBuf> = ["a.mp4", "b.mp4", "-c.mp4"].map(PathBuf::from).to_vec();
        let arguments = ladder.arguments(&film.facts, &profile, std::path::Path::new("in.mp4"), &outputs);
        let words: Vec<&str> = arguments.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!(words.iter().filter(|word| **word == "-i").count(), 1);
        let graph = words[words.iter().position(|word| *word == "-filter_complex").unwrap() + 1];
        assert!(graph.starts_with("[0:v:0]fps=60:round=up,split=3[v0][v1][v2];[v0]scale=1280:720:"), "{graph}");
        let rates: Vec<&&str> =
            words.iter().zip(words.iter().skip(1)).filter(|(a, _)| **a == "-b:v").map(|(_, b)| b).collect();
        assert_eq!(rates, [&"2048000", &"768000", &"256000"]);
        assert_eq!(words.iter().filter(|word| **word == "-ac").count(), 3);
        assert_eq!(words.last(), Some(&"file:-c.mp4"));
        assert!(words.windows(2).any(|pair| pair == ["-g", "120"]));
    }

    #[test]
    fn the_samples_have_the_range_and_the_matrix_of_the_tags() {
        let words = |film: &Scenario| {
            let profile = Profile::default();
            let ladder = Ladder::of(&film.facts, &profile).unwrap();
            let outputs: Vec<PathBuf> = ladder.applying().map(|(_, size)| PathBuf::from(size.to_string())).collect();
            let arguments = ladder.arguments(&film.facts, &profile, std::path::Path::new("in.mp4"), &outputs);
            let words: Vec<String> = arguments.iter().map(|word| word.to_str().unwrap().to_owned()).collect();
            words.join(" ")
        };
        let mut film = Scenario::movie();
        film.video().colour = known(Colour { primaries: 1, transfer: 1, matrix: 1, full_range: true });
        let full = words(&film);
        assert!(full.contains("scale=640:360:flags=lanczos:in_range=pc:out_range=pc,"), "{full}");
        assert!(full.contains("-color_range pc"), "{full}");
        film.video().chroma_format = known(ChromaFormat::Rgb);
        let rgb = words(&film);
        assert!(rgb.contains("scale=640:360:flags=lanczos:out_color_matrix=bt709:out_range=tv,"), "{rgb}");
        assert!(rgb.contains("-color_range tv"), "{rgb}");
    }

    #[test]
    fn what_has_no_ladder_says_why() {
        let profile = Profile::default();
        assert_eq!(Ladder::of(&Scenario::jpeg().facts, &profile), Err(NoLadder::NoVideo));
        assert_eq!(Ladder::of(&Facts::new(1, Format::Mp4), &profile), Err(NoLadder::NoVideo));
        let mut film = Scenario::movie();
        film.video().dimensions = crate::facts::Fact::unknown("cut");
        assert_eq!(Ladder::of(&film.facts, &profile), Err(NoLadder::UnknownSize));
        let film = Scenario::movie();
        let bare = Profile::built_in("mastodon").unwrap();
        if bare.renditions().is_empty() {
            assert!(matches!(Ladder::of(&film.facts, &bare), Err(NoLadder::NoTable(_))));
        }
        let mut long = Scenario::movie();
        long.length(seconds(141, 1));
        assert!(Ladder::of(&long.facts, &profile).unwrap().notes[0].contains("141 s, and at most 140 s are allowed"));
    }
}
