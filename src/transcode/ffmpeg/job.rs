//! The commands that encode a movie, or copy what is kept of it.

use super::line::{Line, Pass, START};
use super::{Command, colour, filters, seconds, without_gap};
use crate::facts::{Facts, Movie, Track};
use crate::transcode::plan::{Action, Encode, Trim, hides_a_part};
use crate::units::{Dimensions, Duration, Ratio};

/// What is done to a movie.
pub(super) struct Job<'a> {
    pub(super) actions: Vec<&'a Action>,
    pub(super) facts: &'a Facts,
    /// Extension of the result.
    pub(super) extension: &'static str,
}

impl Job<'_> {
    pub(super) fn encode(&self) -> Option<&Encode> {
        self.actions.iter().find_map(|action| match action {
            Action::EncodeVideo(encode) => Some(encode),
            _ => None,
        })
    }

    fn trim(&self) -> Option<Trim> {
        self.actions.iter().find_map(|action| match action {
            Action::Trim(trim) => Some(*trim),
            _ => None,
        })
    }

    fn hold(&self) -> Option<(u64, Duration)> {
        self.actions.iter().find_map(|action| match action {
            Action::HoldLast { samples, length } => Some((*samples, *length)),
            _ => None,
        })
    }

    /// The track of sound that comes sooner, and by how much.
    fn primed(&self) -> Option<(usize, Duration)> {
        self.actions.iter().find_map(|action| match action {
            Action::SkipPriming { track, length } => Some((*track, *length)),
            _ => None,
        })
    }

    fn track(&self) -> Option<&Track> {
        self.facts.video_track()
    }

    /// The tracks of sound, enabled or not, each with how it is encoded; `None` where it is copied.
    fn sounds(&self) -> Vec<(&Track, Option<&Action>)> {
        let movie = self.facts.movie.as_deref();
        let tracks = movie.into_iter().flat_map(Movie::sounds);
        let encoding = |track: &Track| {
            self.actions
                .iter()
                .copied()
                .find(|action| matches!(action, Action::EncodeSound { track: index, .. } if *index == track.index))
        };
        tracks.map(|track| (track, encoding(track))).collect()
    }

    pub(super) fn command(&self, pass: Pass) -> Command {
        let mut line = Line::default();
        line.words(START);
        if self.actions.iter().any(|action| matches!(action, Action::Remux { damaged: true, .. })) {
            line.words(["-err_detect", "ignore_err", "-fflags", "+discardcorrupt"]);
        }
        // Turned as it is now: the matrix is copied, and the picture stays as it is stored.
        if self.encode().is_some() && self.is_turned() {
            line.words(["-noautorotate"]);
        }
        if let Some(trim) = self.trim() {
            if trim.start != Duration::ZERO {
                line.pair("-ss", seconds(trim.start));
            }
            line.pair("-to", seconds(trim.end));
        }
        // Times below zero, which an edit list leaves out, stay below zero.
        let hides = hides_a_part(self.facts);
        if hides {
            line.words(["-copyts"]);
        }
        line.input();
        let primed = self.primed().filter(|_| pass != Pass::First);
        if let Some((_, length)) = primed {
            line.pair("-itsoffset", format!("-{}", seconds(length)));
            line.input();
        }
        if let Some(track) = self.track() {
            line.pair("-map", format!("0:{}", track.index));
        }
        if pass != Pass::First {
            for (track, _) in self.sounds() {
                let is_sooner = primed.is_some_and(|(index, _)| index == track.index);
                line.pair("-map", format!("{}:{}", u8::from(is_sooner), track.index));
            }
        }
        self.video(&mut line, pass);
        if pass == Pass::First {
            line.words(["-an", "-f", "null", "-"]);
            return line.end();
        }
        self.sound(&mut line);
        let shown = self.facts.movie.as_deref().and_then(|movie| movie.duration.value().copied());
        if let Some(shown) = shown.filter(|_| hides) {
            line.pair("-t", seconds(shown));
        }
        // Named expressly, the metadata keep the time of creation.
        line.words(["-map_metadata", "0", "-movflags"]);
        // The names that QuickTime gives its metadata are kept only on demand.
        let is_quicktime = self.extension == "mov";
        line.words([if is_quicktime { "+faststart+use_metadata_tags" } else { "+faststart" }]);
        line.output()
    }

    /// The size to which the picture is scaled.
    fn scaled(&self) -> Option<Dimensions> {
        self.actions.iter().find_map(|action| match action {
            Action::Scale { to } => Some(*to),
            _ => None,
        })
    }

    fn is_turned(&self) -> bool {
        let rotation = self.track().and_then(|track| track.video.as_deref()?.rotation.value());
        rotation.is_some_and(|rotation| rotation.degrees != 0 || rotation.mirrored)
    }

    fn video(&self, line: &mut Line, pass: Pass) {
        let Some(encode) = self.encode() else {
            line.words(["-c:v", "copy"]);
            if let Some((samples, length)) = self.hold() {
                line.pair("-bsf:v", self.held(samples, length));
            }
            return;
        };
        let chain = filters::chain(&self.actions, encode, self.track());
        let chain = if hides_a_part(self.facts) { format!("trim=start=0,{chain}") } else { chain };
        line.pair("-vf", chain);
        self.timing(line);
        line.words(["-c:v", "libx264", "-profile:v", "high"]);
        line.rate(encode.rate);
        line.number(pass);
        line.pair("-g", encode.gop.to_string());
        line.words(["-flags", "+cgop", "-x264-params", "open-gop=0"]);
        line.owned(colour::tags(encode.tone_map, self.track(), self.scaled()));
    }

    /// Every picture at the time that it has now, on the same clock; a new frame rate has a clock of its own.
    fn timing(&self, line: &mut Line) {
        // Both passes must see the same pictures, whatever the format that they are written to.
        line.words(["-fps_mode", "passthrough"]);
        if self.actions.iter().any(|action| matches!(action, Action::SetRate { .. })) {
            return;
        }
        if let Some(timescale) = self.track().and_then(|track| track.timescale.value()).filter(|scale| **scale > 0) {
            line.pair("-enc_time_base", format!("1/{timescale}"));
            line.pair("-video_track_timescale", timescale.to_string());
        }
    }

    /// The filter that lengthens the last sample.
    fn held(&self, samples: u64, length: Duration) -> String {
        let timescale = self.track().and_then(|track| track.timescale.value().copied()).unwrap_or(1000);
        let ticks = length
            .seconds()
            .times(Ratio::whole(timescale.into()))
            .map_or(0, |ticks| ticks.numerator().div_ceil(ticks.denominator()));
        format!("setts=pts=PTS:dts=DTS:duration=if(eq(N\\,{})\\,{ticks}\\,DURATION)", samples.saturating_sub(1))
    }

    fn sound(&self, line: &mut Line) {
        let sounds = self.sounds();
        if sounds.is_empty() {
            return;
        }
        if sounds.iter().any(|(_, encoding)| encoding.is_none()) {
            line.words(["-c:a", "copy"]);
        }
        let is_only = sounds.len() == 1;
        for (index, (track, encoding)) in sounds.iter().enumerate() {
            let Some(Action::EncodeSound { channels, sample_rate, bit_rate, .. }) = encoding else { continue };
            let option = |name: &str| if is_only { format!("-{name}:a") } else { format!("-{name}:a:{index}") };
            for (name, value) in [
                ("c", "aac".to_owned()),
                ("profile", "aac_low".to_owned()),
                ("b", bit_rate.0.to_string()),
                ("ac", channels.to_string()),
                ("ar", sample_rate.to_string()),
            ] {
                line.owned([option(name), value]);
            }
            let filters = self.of_sound(track);
            if !filters.is_empty() {
                line.owned([option("filter"), filters]);
            }
        }
    }

    /// The filters of sound that is encoded anew; empty where it needs none.
    fn of_sound(&self, track: &Track) -> String {
        let trim = self.trim();
        if hides_a_part(self.facts) {
            return "atrim=start=0".to_owned();
        }
        let mut chain = Vec::new();
        // The first sample belongs where the others begin, and not in front of the gap over which it was stretched.
        if trim.is_none_or(|trim| trim.start == Duration::ZERO) {
            chain.extend(without_gap(track));
        }
        // As for the pictures: the length of a part is not counted from its first sample of sound.
        chain.extend(trim.map(|trim| format!("atrim=end={}", seconds(trim.length()))));
        chain.join(",")
    }
}
