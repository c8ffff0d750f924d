//! The rules: each holds facts against the limits of a pack and yields findings.
//!
//! To add a rule: its file in the folder of its area, one line in `RULES`, one line in `profile/limits.rs`, and its
//! entry in `profiles/twitter.toml`. A test demands an explanation, a failing and a passing case.

use crate::facts::{Captions, Movie};
use crate::profile::{Basis, Category, Level, Limits, Profile, nearest as nearest_word};

pub(crate) use context::Context;
pub(crate) use docket::Docket;
pub(crate) use prepared::{Peer, Prepared};
pub use request::Request;
pub(crate) use run::{Judgement, Selection, judge, judge_post, passes};

use context::VideoTrack;
use outcome::{Outcome, Undecided};
use post::Post;

/// Puts words together as `format!` does, in memory that most sentences fit into.
macro_rules! text {
    ($($words:tt)+) => {
        $crate::rules::words::text(format_args!($($words)+))
    };
}

/// Puts pieces of words together, each written as `format!` writes it, but without its machinery: for what many files are told.
macro_rules! sentence {
    [$($piece:expr),+ $(,)?] => {{
        let mut text = $crate::rules::words::room();
        $($crate::units::WriteTo::push_to(&$piece, &mut text);)+
        text
    }};
}

/// Builds the constant `RULE` of a rule's file: identifier, field of the limits, summary, and the variant of [`Check`] that
/// says what the rule looks at, where that is not any file.
macro_rules! rule {
    ($id:literal, $limit:ident, $file:literal, $summary:literal) => {
        rule!($id, $limit, $file, $summary, File);
    };
    ($id:literal, $limit:ident, $file:literal, $summary:literal, $looks_at:ident) => {
        /// The rule.
        pub(crate) const RULE: $crate::rules::Rule = $crate::rules::Rule {
            id: $id,
            summary: $summary,
            source: include_str!($file),
            standing: |limits, category| {
                let limit = limits.$limit.of(category);
                $crate::rules::Standing { level: limit.level, basis: limit.basis }
            },
            allows_as: |one, other, category| one.$limit.allows_as(&other.$limit, category),
            check: $crate::rules::Check::$looks_at(check),
            #[cfg(test)]
            cases: &tests::CASES,
        };
    };
}

mod context;
mod docket;
mod near;
mod outcome;
mod parts;
mod prepared;
mod request;
mod run;
mod words;

#[cfg(test)]
mod registry;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) mod audio;
#[expect(clippy::unnecessary_wraps, reason = "all rules have the same signature")]
pub(crate) mod captions;
#[expect(clippy::unnecessary_wraps, reason = "all rules have the same signature")]
pub(crate) mod file;
#[expect(clippy::unnecessary_wraps, reason = "all rules have the same signature")]
pub(crate) mod image;
#[expect(clippy::unnecessary_wraps, reason = "all rules have the same signature")]
pub(crate) mod post;
pub(crate) mod video;

/// A rule: what it is called and what it is for.
#[derive(Debug)]
pub struct Rule {
    /// Identifier, named for the fault: reads after "allow". Never changes its meaning.
    pub id: &'static str,
    /// What the rule finds, in one line.
    pub summary: &'static str,
    /// The source of the rule's file, whose opening comment is the explanation.
    source: &'static str,
    /// How much the rule binds in a pack, and how that is known.
    standing: fn(&Limits, Option<Category>) -> Standing,
    /// Whether the limit of the rule itself is the same in both packs.
    allows_as: fn(&Limits, &Limits, Option<Category>) -> bool,
    check: Check,
    #[cfg(test)]
    pub(crate) cases: &'static testing::Cases,
}

impl Rule {
    /// What the rule checks, why it matters, how to mend it, and how the limit is known: Markdown.
    pub fn explanation(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

/// How a rule decides, by what it looks at. Only where a file has that is the rule asked.
#[derive(Clone, Copy, Debug)]
enum Check {
    /// From any file.
    File(Ask),
    /// From what is wrong or odd in the structure of the file.
    Damage(Ask),
    /// From what decoding the pixels showed.
    Pixels(Ask),
    /// From what is asked of the file besides its name.
    Wish(Ask),
    /// From an image, animated or not.
    Picture(Ask),
    /// From a GIF, or an image that says that it is animated.
    Animation(Ask),
    /// From captions, SubRip or WebVTT.
    Subtitles(Ask),
    /// From a movie.
    Movie(fn(&Context<'_>, &Movie) -> Result<Outcome, Undecided>),
    /// From a movie with an audio track that is enabled.
    Sound(fn(&Context<'_>, &Movie) -> Result<Outcome, Undecided>),
    /// From the video track that is checked. All are undecided where it could not be read.
    Video(fn(&Context<'_>, &VideoTrack<'_>) -> Result<Outcome, Undecided>),
    /// From that track, where its codec is the one that the platform takes.
    H264(fn(&Context<'_>, &VideoTrack<'_>) -> Result<Outcome, Undecided>),
    /// From captions that were read: SubRip.
    Captions(fn(&Context<'_>, &Captions) -> Result<Outcome, Undecided>),
    /// From all files of a post.
    Post(fn(&Post<'_>) -> Outcome),
}

/// What a rule says of a file.
type Ask = fn(&Context<'_>) -> Result<Outcome, Undecided>;

/// How much a rule binds, and how that is known.
#[derive(Clone, Copy, Debug)]
struct Standing {
    level: Level,
    basis: Basis,
}

/// All rules, in the order in which they are listed.
pub fn all() -> &'static [Rule] {
    &RULES
}

/// The rule with that identifier. Absent: there is none.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.id == id)
}

/// Whether files of a category that break a rule are refused in a pack.
pub(crate) fn is_must(id: &str, profile: &Profile, category: Option<Category>) -> bool {
    find(id).is_some_and(|rule| (rule.standing)(profile.limits(), category).level == Level::Must)
}

/// The identifier that is nearest to a misspelt one. Absent: none is like it.
pub fn nearest(id: &str) -> Option<&'static str> {
    nearest_word(id, all().iter().map(|rule| rule.id))
}

/// How many rules there are.
const COUNT: usize = 54;

/// The list: one line a rule.
static RULES: [Rule; COUNT] = [
    file::unsupported_type::RULE,
    file::extension_mismatch::RULE,
    file::empty_file::RULE,
    file::truncated_file::RULE,
    file::malformed_file::RULE,
    file::file_too_large::RULE,
    file::too_many_segments::RULE,
    file::undecodable_pixels::RULE,
    file::budget_exceeded::RULE,
    file::category_mismatch::RULE,
    image::image_dimensions::RULE,
    image::image_pixel_budget::RULE,
    image::animated_image::RULE,
    image::static_gif::RULE,
    image::gif_dimensions::RULE,
    image::gif_too_many_frames::RULE,
    image::gif_pixel_budget::RULE,
    image::gif_missing_trailer::RULE,
    image::gif_frame_outside_canvas::RULE,
    video::no_video_track::RULE,
    video::video_codec::RULE,
    video::video_profile::RULE,
    video::chroma_not_420::RULE,
    video::bit_depth::RULE,
    video::frame_rate_too_high::RULE,
    video::frame_rate_peak::RULE,
    video::frame_rate_recommended::RULE,
    video::dimensions_too_large::RULE,
    video::dimensions_too_small::RULE,
    video::video_pixel_budget::RULE,
    video::resolution_recommended::RULE,
    video::duration_too_long::RULE,
    video::duration_too_short::RULE,
    video::aspect_ratio::RULE,
    video::aspect_ratio_recommended::RULE,
    video::pixel_aspect_ratio::RULE,
    video::interlaced::RULE,
    video::open_gop::RULE,
    video::gop_too_long::RULE,
    video::sync_table_lies::RULE,
    video::video_bitrate_recommended::RULE,
    video::fragmented::RULE,
    audio::audio_codec::RULE,
    audio::audio_profile::RULE,
    audio::audio_channels::RULE,
    audio::audio_bitrate_recommended::RULE,
    captions::subtitle_encoding::RULE,
    captions::subtitle_syntax::RULE,
    captions::subtitle_order::RULE,
    captions::subtitle_type::RULE,
    captions::subtitle_past_end::RULE,
    post::post_media_mix::RULE,
    post::alt_text_too_long::RULE,
    post::additional_owners::RULE,
];
