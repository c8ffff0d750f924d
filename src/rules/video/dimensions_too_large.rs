//! The picture of the video is too large.
//!
//! **What it checks.** The size of the decoded picture (cropping of the SPS applied), turned as it is shown: the long edge
//! at most 1280 and the short edge at most 1024 pixels. The text says 1280x1024 and its own table recommends 720x1280, so
//! the box turns with the picture. In the newer packs a size up to 1920x1080 is a warning, because the documents say both.
//!
//! **Why it matters.** Processing fails.
//!
//! **How to fix it.** Scale it: `ffmpeg -i INPUT -vf
//! "scale=1280:720:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1" -c:v libx264 -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Dimensions must be between 32x32 and 1280x1024". The server was also seen to say
//! "Resolution too large, too many pixels. Maximum: 1310720, Actual: 2073600": 1280 * 1024 pixels.

use std::fmt::{Display, Write};

use crate::profile::Limit;
use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::Words;
use crate::units::{Dimensions, Ratio, WriteTo};

rule!(
    "dimensions-too-large",
    dimensions_too_large,
    "dimensions_too_large.rs",
    "the picture of the video is too large",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let setting = &context.limits.dimensions_too_large;
    let must = setting.of(context.category);
    let size = track.video.size_that(|size| !fits(size, must.value.0));
    let Some(shown) = track.read(&size)? else { return Ok(Outcome::NotApplicable) };
    let at = shown.at;
    let shown = *shown.value;

    if !fits(shown, must.value.0) {
        let limit = must.value.0;
        let (allowed, note) = (readable(limit, shown), turned_note(limit, shown));
        let message = sentence!["The picture is ", shown, " pixels; at most ", allowed, " are allowed", note];
        let fault = Fault::new(message, limit, shown, remedy(limit, shown));
        return Ok(Outcome::Fail(fault.at(at)));
    }
    if let Some(should) = setting.should().filter(|should| !fits(shown, should.value.0)) {
        let limit = should.value.0;
        return Ok(context.advice(should.basis, || {
            let message = text!(
                "The picture is {shown} pixels, above {}: the documents say both {} and {}",
                readable(limit, shown),
                quoted(should, limit),
                quoted(must, must.value.0)
            );
            Fault::new(message, limit, shown, remedy(limit, shown)).at(at)
        }));
    }

    let limit = setting.should().unwrap_or(must).value.0;
    if is_recommended(context, shown) {
        return Ok(Outcome::Pass);
    }
    let (edge, longest) = nearer_edge(shown, limit);
    let words = || (text!("{shown} pixels"), readable(limit, shown));
    let values = (shown, limit);
    near::under(Ratio::whole(edge.into()), Ratio::whole(longest.into()), words, values)
}

/// Whether a picture fits into a box that turns with it.
fn fits(shown: Dimensions, limit: Dimensions) -> bool {
    shown.long_edge() <= limit.long_edge() && shown.short_edge() <= limit.short_edge()
}

/// The box as it lies for this picture.
const fn readable(limit: Dimensions, shown: Dimensions) -> Dimensions {
    if shown.height > shown.width { limit.turned() } else { limit }
}

/// How the document puts the limit, where the box was turned.
fn turned_note(limit: Dimensions, shown: Dimensions) -> impl WriteTo {
    Words(move |mut to: &mut dyn Write| {
        if shown.height <= shown.width {
            return Ok(());
        }
        to.write_str(" (the document says ")?;
        limit.write_to(&mut to)?;
        to.write_str(", which is turned here with the upright picture)")
    })
}

/// The sentence of a document, or the limit where it is not quoted.
fn quoted<T>(limit: &Limit<T>, size: Dimensions) -> impl Display {
    Words(move |to: &mut dyn Write| match limit.quote.as_deref() {
        Some(quote) => write!(to, "{quote:?}"),
        None => write!(to, "at most {size}"),
    })
}

fn remedy(limit: Dimensions, shown: Dimensions) -> String {
    let limit = readable(limit, shown);
    sentence![
        "Scale it down: ffmpeg -i INPUT -vf \"scale=",
        limit.width,
        ":",
        limit.height,
        ":force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1\" -c:v libx264 -c:a copy OUTPUT.mp4"
    ]
}

/// Whether the documents recommend this very size, which is then no near miss.
pub(super) fn is_recommended(context: &Context<'_>, shown: Dimensions) -> bool {
    let sizes = &context.limits.resolution_recommended.of(context.category).value;
    sizes.iter().any(|size| size.0 == shown) || context.profile.renditions().iter().any(|row| row.dimensions == shown)
}

/// The edge that uses more of its limit, with that limit.
fn nearer_edge(shown: Dimensions, limit: Dimensions) -> (u32, u32) {
    let long = u64::from(shown.long_edge()) * u64::from(limit.short_edge());
    let short = u64::from(shown.short_edge()) * u64::from(limit.long_edge());
    if long >= short { (shown.long_edge(), limit.long_edge()) } else { (shown.short_edge(), limit.short_edge()) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::profile::Basis;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.size(1280, 1024),
            |s| s.size(1024, 1280),
            |s| s.turned(1280, 1024),
            |s| s.size(1279, 1023),
            |s| s.size(720, 1280),
        ],
        fail: &[
            (|s| s.size(1281, 720), "1280x1024", "1281x720"),
            (|s| s.size(1280, 1025), "1280x1024", "1280x1025"),
            (|s| s.size(1025, 1280), "1280x1024", "1025x1280"),
            (|s| s.turned(1920, 1080), "1280x1024", "1080x1920"),
            (
                |s| {
                    s.pack = "twitter-2026";
                    s.size(1921, 1080);
                },
                "1920x1080",
                "1921x1080",
            ),
            (
                |s| {
                    s.pack = "twitter-2026";
                    s.size(1080, 1920);
                },
                "1280x1024",
                "1080x1920",
            ),
            (
                |s| {
                    s.codec(*b"hvc1", "HEVC");
                    s.size(3840, 2160);
                },
                "1280x1024",
                "3840x2160",
            ),
        ],
        undecided: &[|s| s.video().displayed = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.codec(*b"hvc1", "HEVC");
                s.unread_pictures();
            },
            |s| *s = Scenario::jpeg(),
        ],
    };

    #[test]
    fn both_readings_are_shown_where_they_differ() {
        let mut scenario = Scenario::movie();
        scenario.size(1080, 1920);
        assert_eq!(
            scenario.message(&RULE),
            "The picture is 1080x1920 pixels; at most 1024x1280 are allowed \
             (the document says 1280x1024, which is turned here with the upright picture)"
        );
        scenario.size(1920, 1080);
        assert_eq!(scenario.message(&RULE), "The picture is 1920x1080 pixels; at most 1280x1024 are allowed");
    }

    #[test]
    fn between_two_sentences_of_the_newer_documents_it_is_a_warning_that_shows_both() {
        let mut scenario = Scenario { pack: "twitter-2026-premium", ..Scenario::movie() };
        scenario.size(1920, 1080);
        let faults = scenario.faults(&RULE);
        assert_eq!(faults[0].only_advised, Some(Basis::Documented));
        for sentence in ["between 32x32 and 1280x1024", "subscribed users can upload 1080p"] {
            assert!(faults[0].message.contains(sentence), "{}", faults[0].message);
        }
        scenario.size(1280, 1024);
        assert!(!matches!(scenario.run(&RULE), Ok(Outcome::Fail(_))));
        scenario.size(1920, 1081);
        let faults = scenario.faults(&RULE);
        assert_eq!(faults[0].only_advised, None);
    }

    #[test]
    fn a_recommended_size_is_no_near_miss() {
        let mut scenario = Scenario::movie();
        for (width, height, near) in [(1280, 720, false), (1280, 718, true), (1100, 1010, true), (1100, 1000, false)] {
            scenario.size(width, height);
            assert_eq!(matches!(scenario.run(&RULE), Ok(Outcome::Near(_))), near, "{width}x{height}");
        }
    }
}
