//! The two files as the rows see them.

use super::Options;
use super::outcome::Silence;
use crate::facts::{AnomalyKind, Evidence, Fact, Facts, Format, Movie, Presentation, Track, TrackKind, Video, Why};
use crate::profile::{Category, Level, Limit, Limits, Profile};
use crate::units::{Duration, Ratio};

/// A source and its result.
pub(super) struct Pair<'a> {
    /// What was there before.
    pub(super) source: File<'a>,
    /// What was made of it.
    pub(super) result: File<'a>,
    /// The pack in force.
    pub(super) profile: &'a Profile,
    /// What is asked of the result.
    pub(super) options: &'a Options,
    /// The category whose limits the result has to keep.
    pub(super) category: Option<Category>,
}

/// One of the two files.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    /// `source` or `result`.
    pub(super) name: &'static str,
    /// All that was read from it.
    pub(super) facts: &'a Facts,
}

/// What a file is, as far as rows care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A film, with or without pictures.
    Movie,
    /// Several images in time.
    Animation,
    /// A still image.
    Image,
    /// Captions.
    Captions,
}

impl Kind {
    /// The kind in words.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Movie => "a film",
            Self::Animation => "an animation",
            Self::Image => "a still image",
            Self::Captions => "captions",
        }
    }
}

/// A fact that is known.
#[derive(Debug)]
pub(super) struct Known<'a, T> {
    /// The value.
    pub(super) value: &'a T,
    /// Where it was read.
    pub(super) at: &'a Evidence,
}

impl<T> Clone for Known<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Known<'_, T> {}

/// A video track with its pictures.
#[derive(Clone, Copy)]
pub(super) struct Pictures<'a> {
    /// The file.
    pub(super) file: File<'a>,
    /// The track.
    pub(super) track: &'a Track,
    /// Its pictures.
    pub(super) video: &'a Video,
}

impl<'a> Pair<'a> {
    /// Both files, and what is asked of the result.
    pub(super) fn new(source: &'a Facts, result: &'a Facts, profile: &'a Profile, options: &'a Options) -> Self {
        let source = File { name: "source", facts: source };
        let result = File { name: "result", facts: result };
        let derived = result.kind().ok().map(|kind| match kind {
            Kind::Movie => Category::TweetVideo,
            Kind::Animation if result.facts.format == Format::Gif => Category::TweetGif,
            Kind::Animation | Kind::Image => Category::TweetImage,
            Kind::Captions => Category::Subtitles,
        });
        Self { source, result, profile, options, category: options.category.or(derived) }
    }

    /// What a limit demands of the result. Absent: the pack does not apply it.
    pub(super) fn demand<T>(&self, limit: impl FnOnce(&'a Limits, Option<Category>) -> &'a Limit<T>) -> Option<&'a T> {
        let limit = limit(self.profile.limits(), self.category);
        (limit.level != Level::Off).then_some(&limit.value)
    }

    /// Both kinds. Undecided where a file could not be read.
    pub(super) fn kinds(&self) -> Result<(Kind, Kind), Silence> {
        Ok((self.source.kind()?, self.result.kind()?))
    }

    /// Both films, where both are.
    pub(super) fn movies(&self) -> Result<(&'a Movie, &'a Movie), Silence> {
        self.kinds()?;
        let movie = |file: File<'a>| file.facts.movie.as_deref().ok_or(Silence::NotApplicable);
        Ok((movie(self.source)?, movie(self.result)?))
    }

    /// Both video tracks, where both films have one.
    pub(super) fn videos(&self) -> Result<(Pictures<'a>, Pictures<'a>), Silence> {
        self.movies()?;
        Ok((self.source.pictures()?, self.result.pictures()?))
    }

    /// The first enabled audio tracks, where both films have one.
    pub(super) fn sounds(&self) -> Result<(&'a Track, &'a Track), Silence> {
        let (source, result) = self.movies()?;
        let first = |movie: &'a Movie| movie.audio_tracks().next().ok_or(Silence::NotApplicable);
        Ok((first(source)?, first(result)?))
    }
}

impl<'a> File<'a> {
    /// What the file is. Undecided where it is of a kind that is not read, or too damaged.
    pub(super) fn kind(self) -> Result<Kind, Silence> {
        let facts = self.facts;
        if facts.movie.is_some() {
            return Ok(Kind::Movie);
        }
        if facts.captions.is_some() {
            return Ok(Kind::Captions);
        }
        if let Some(animation) = &facts.animation {
            // One frame moves nothing.
            return Ok(if animation.frames.value() == Some(&1) { Kind::Image } else { Kind::Animation });
        }
        if facts.image.is_some() {
            return Ok(Kind::Image);
        }
        Err(match (self.damage(), facts.format) {
            (Some(_), _) | (None, Format::Mp4 | Format::QuickTime) => {
                Silence::because(format!("the {} is damaged before it could be read", self.name))
            }
            (None, format) => Silence::because(format!("the {} is {format}, of which no facts are read", self.name)),
        })
    }

    /// The video track. Does not apply where there is none.
    pub(super) fn pictures(self) -> Result<Pictures<'a>, Silence> {
        let track = self.facts.video_track().ok_or(Silence::NotApplicable)?;
        let unread = || Silence::because(format!("the video track of the {} could not be read", self.name));
        Ok(Pictures { file: self, track, video: track.video.as_deref().ok_or_else(unread)? })
    }

    /// A fact: `None` where the file does not carry it. An unknown fact leaves the row undecided; `what` names it.
    pub(super) fn read<'f, T>(self, what: &str, fact: &'f Fact<T>) -> Result<Option<Known<'f, T>>, Silence> {
        match fact {
            Fact::Known { value, at } => Ok(Some(Known { value, at })),
            Fact::Absent => Ok(None),
            Fact::Unknown(why) => Err(self.not_known(what, why)),
        }
    }

    /// A fact that the row needs: undecided where it is unknown or absent.
    pub(super) fn need<'f, T>(self, what: &str, fact: &'f Fact<T>) -> Result<Known<'f, T>, Silence> {
        self.read(what, fact)?.ok_or_else(|| Silence::because(format!("the {} has no {what}", self.name)))
    }

    /// When the samples of a track are presented.
    pub(super) fn presentation(self, track: &Track) -> Result<Known<'_, Presentation>, Silence> {
        let what = match track.kind {
            TrackKind::Video => "start of the video",
            _ => "start of the sound",
        };
        self.need(what, &track.presentation)
    }

    fn not_known(self, what: &str, why: &Why) -> Silence {
        let unread = Fact::<()>::default();
        let reason = match self.damage() {
            Some(damage) if matches!(&unread, Fact::Unknown(unread) if unread == why) => match damage {
                AnomalyKind::BudgetExceeded => "the program's budget ran out before it was read".into(),
                _ => "the file is damaged before it could be read".into(),
            },
            _ => why.to_string(),
        };
        Silence::because(format!("of the {}'s {what}: {reason}", self.name))
    }

    /// The gravest thing that kept the file from being read whole.
    fn damage(self) -> Option<AnomalyKind> {
        let kinds = || self.facts.anomalies.iter().map(|anomaly| anomaly.kind);
        let grave = |kind: &AnomalyKind| matches!(kind, AnomalyKind::Malformed | AnomalyKind::Truncated);
        kinds().find(grave).or_else(|| kinds().find(|kind| *kind == AnomalyKind::BudgetExceeded))
    }
}

impl<'a> Pictures<'a> {
    /// A fact of the pictures that the row needs.
    pub(super) fn need<T>(self, what: &str, fact: fn(&Video) -> &Fact<T>) -> Result<Known<'a, T>, Silence> {
        self.file.need(what, fact(self.video))
    }

    /// How long most frames are shown. Absent: there are fewer than two, or their times are not known.
    pub(super) fn frame_length(self) -> Option<Duration> {
        let rate = self.video.frame_rate.value()?;
        rate.most_frequent.unwrap_or(rate.average).inverted().map(Duration)
    }
}

/// How long one coded frame of sound lasts. Absent: the sampling rate is not known.
///
/// 1024 samples for AAC (ISO/IEC 14496-3), 1152 for MP3, 1536 for AC-3 and E-AC-3, 20 ms for Opus; others count as AAC.
pub(super) fn sound_frame(track: &Track) -> Option<Duration> {
    let rate = track.audio.as_ref()?.sample_rate.value().copied()?;
    let samples = match track.codec.value().map(|codec| codec.name.as_ref()) {
        Some("MP3" | "MP2") => 1152,
        Some("AC-3" | "E-AC-3") => 1536,
        Some("Opus") => return Some(Duration::from_millis(20)),
        _ => 1024,
    };
    Duration::from_ticks(samples, rate)
}

/// A ratio as people read it: a decimal, followed by the ratio itself where the decimal is not exact.
pub(super) fn exact(ratio: Ratio) -> String {
    if 1_000_000 % ratio.denominator() == 0 {
        ratio.decimal(6).to_string()
    } else {
        format!("{} ({ratio})", ratio.decimal(6))
    }
}

/// A number of things, with the plural.
pub(super) fn some(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
