//! What a rule sees: the facts of one file, the limits in force and the request.

use super::outcome::{Fault, Outcome, Undecided};
use super::request::Request;
use crate::facts::{
    Animation, AnomalyKind, Captions, Evidence, Fact, Facts, Format, Image, Movie, Track, TrackKind, Video, Why,
};
use crate::profile::{Basis, Category, Level, Limits, Profile, Use};

/// What a rule sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// All that was read from the file.
    pub(crate) facts: &'a Facts,
    /// The pack in force.
    pub(crate) profile: &'a Profile,
    /// The limits in force.
    pub(crate) limits: &'a Limits,
    /// What is asked of the file.
    pub(crate) request: &'a Request<'a>,
    /// The category that is asked for, or else the one that the content has. Absent: the content fits none.
    pub(crate) category: Option<Category>,
    /// Whether nothing but the verdict is asked for, so that no words need to be found for what leaves it alone.
    verdict_only: bool,
}

/// A fact that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a, T> {
    /// The value.
    pub(crate) value: &'a T,
    /// Where it was read.
    pub(crate) at: &'a Evidence,
}

impl<'a> Context<'a> {
    /// Facts, limits and request of one file.
    pub(crate) fn new(facts: &'a Facts, profile: &'a Profile, request: &'a Request<'a>) -> Self {
        let category = request.category.or_else(|| derived_category(facts));
        Self { facts, profile, limits: profile.limits(), request, category, verdict_only: false }
    }

    /// The same, of which nothing but the verdict is asked for.
    pub(super) const fn verdict_only(mut self) -> Self {
        self.verdict_only = true;
        self
    }

    /// A fault that is a warning whatever the rule's level. Where only the verdict is asked for it is as good as none.
    pub(crate) fn advice(&self, basis: Basis, fault: impl FnOnce() -> Fault) -> Outcome {
        if self.verdict_only { Outcome::Pass } else { Outcome::Fail(fault().advised(basis)) }
    }

    /// Reads a fact: `None` where the file does not carry it. An unknown fact leaves the rule undecided.
    pub(crate) fn read<'f, T>(&self, fact: &'f Fact<T>) -> Result<Option<Known<'f, T>>, Undecided> {
        match fact {
            Fact::Known { value, at } => Ok(Some(Known { value, at })),
            Fact::Absent => Ok(None),
            Fact::Unknown(why) => Err(Undecided(self.reason(why))),
        }
    }

    /// The reason for which a fact is unknown; that of the whole file where the fact has none of its own.
    fn reason(&self, why: &Why) -> Why {
        let default = Fact::<()>::default();
        if !matches!(&default, Fact::Unknown(unread) if unread == why) {
            return why.clone();
        }
        match self.damage() {
            Some(AnomalyKind::BudgetExceeded) => Why("the program's budget ran out before it was read".into()),
            Some(_) => Why("the file is damaged before it could be read".into()),
            None => why.clone(),
        }
    }

    /// The gravest thing that kept the file from being read whole.
    pub(crate) fn damage(&self) -> Option<AnomalyKind> {
        let kinds = || self.facts.anomalies.iter().map(|anomaly| anomaly.kind);
        let grave = |kind: &AnomalyKind| matches!(kind, AnomalyKind::Malformed | AnomalyKind::Truncated);
        kinds().find(grave).or_else(|| kinds().find(|kind| *kind == AnomalyKind::BudgetExceeded))
    }

    /// The movie. `None`: the file is none, or is too damaged for anything to be known of it.
    pub(crate) fn movie(&self) -> Option<&'a Movie> {
        self.facts.movie.as_deref()
    }

    /// The video track that is checked. `None`: there is none.
    pub(crate) fn video(&self) -> Result<Option<VideoTrack<'a>>, Undecided> {
        let Some(track) = self.facts.video_track() else { return Ok(None) };
        let Some(video) = track.video.as_deref() else {
            return Err(Undecided::because("the video track could not be read"));
        };
        // Where the codec is unknown the facts are read as those of H.264, and unknown facts leave rules undecided.
        let is_h264 = track.codec.value().is_none_or(|codec| {
            let limit = self.limits.video_codec.of(self.category);
            // Where every codec is taken, what is unknown of the pictures is held against the file as in H.264.
            limit.level == Level::Off || limit.value.contains(&codec.fourcc) && !codec.encrypted
        });
        Ok(Some(VideoTrack { context: *self, track, video, is_h264 }))
    }

    /// The image, where it is judged as a still one.
    pub(crate) fn still_image(&self) -> Option<&'a Image> {
        if self.gif().is_some() { None } else { self.facts.image.as_deref() }
    }

    /// The frames of a GIF that is judged as an animated one: it has several frames, or is sent as one.
    pub(crate) fn gif(&self) -> Option<&'a Animation> {
        let sent_as_gif = self.category.is_some_and(|category| category.takes() == Use::Gif);
        let is_gif = self.facts.format == Format::Gif && (sent_as_gif || self.facts.is_animated_gif());
        if is_gif { self.facts.animation.as_deref() } else { None }
    }

    /// The captions, where they are SubRip.
    pub(crate) fn captions(&self) -> Option<&'a Captions> {
        if self.facts.format == Format::Srt { self.facts.captions.as_deref() } else { None }
    }
}

/// A video track, with the reading of its facts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VideoTrack<'a> {
    context: Context<'a>,
    /// The track.
    pub(crate) track: &'a Track,
    /// What is known of its pictures.
    pub(crate) video: &'a Video,
    /// Whether the codec is the one that the platform takes, as far as it is known: its bitstream can be judged.
    pub(crate) is_h264: bool,
}

impl VideoTrack<'_> {
    /// Reads a fact of the pictures: `None` where the track does not carry it.
    ///
    /// A file in another codec fails for that; what is unknown of its pictures is not held against it twice.
    pub(crate) fn read<'f, T>(&self, fact: &'f Fact<T>) -> Result<Option<Known<'f, T>>, Undecided> {
        if !self.is_h264 && matches!(fact, Fact::Unknown(_)) { Ok(None) } else { self.context.read(fact) }
    }
}

/// What the content is good for. `None`: the platform does not take it.
pub(crate) fn content(facts: &Facts) -> Option<Use> {
    Some(match facts.format {
        Format::Jpeg | Format::Png | Format::WebP => Use::Image,
        // A GIF whose frames could not be counted is taken for an animated one, which has the wider limits.
        Format::Gif if gif_frames(facts).is_some_and(|frames| frames <= 1) => Use::Image,
        Format::Gif => Use::Gif,
        Format::Mp4 | Format::QuickTime => Use::Video,
        Format::Srt | Format::WebVtt => Use::Captions,
        _ => return None,
    })
}

/// The frames of a GIF. Absent: they are not known.
pub(crate) fn gif_frames(facts: &Facts) -> Option<u64> {
    facts.animation.as_ref().and_then(|animation| animation.frames.value().copied())
}

/// The category of a post that the content fits.
fn derived_category(facts: &Facts) -> Option<Category> {
    content(facts).map(|content| match content {
        Use::Image => Category::TweetImage,
        Use::Gif => Category::TweetGif,
        Use::Video => Category::TweetVideo,
        Use::Captions => Category::Subtitles,
    })
}

/// Whether a movie's tracks could not be read, so that their absence proves nothing.
pub(crate) fn has_unread_tracks(context: &Context<'_>) -> bool {
    let is_movie = matches!(context.facts.format, Format::Mp4 | Format::QuickTime);
    let has_video =
        context.movie().is_some_and(|movie| movie.tracks.iter().any(|track| track.kind == TrackKind::Video));
    is_movie && !has_video && (context.movie().is_none() || context.damage().is_some())
}
