//! The file has more bytes than its media category allows.
//!
//! **What it checks.** The length of the file against the limit of its category. A megabyte of the documents is 2^20
//! bytes: the only byte counts that the server ever printed in an error are 5242880 and 15728640.
//!
//! **Why it matters.** INIT or FINALIZE refuses the upload.
//!
//! **How to fix it.** For a video, encode at a lower bit rate: bits allowed / seconds. For an image, save it as JPEG or
//! make it smaller. For a GIF, use fewer frames, fewer colours, or send it as a video.
//!
//! **Basis.** Documented: "Image size <= 5 MB, animated GIF size <= 15 MB"; "File size must not exceed 512 mb".

use crate::facts::Format;
use crate::profile::{Category, Use};
use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::{Bytes, Duration, Ratio};

rule!("file-too-large", file_too_large, "file_too_large.rs", "the file has more bytes than its category allows");

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(category) = context.category.filter(|_| context.facts.format != Format::Empty) else {
        return Ok(Outcome::NotApplicable);
    };
    let Some(limit) = context.limits.file_too_large.of(Some(category)).value.0 else {
        return Ok(Outcome::NotApplicable);
    };
    let size = Bytes(context.facts.size);
    if size <= limit {
        let words = || (size, limit);
        return near::under(Ratio::whole(size.0), Ratio::whole(limit.0), words, (size, limit));
    }
    let over = Bytes(size.0 - limit.0);
    let message = text!("The file has {size}, {over} more than the {limit} allowed for {category}");
    Ok(Outcome::Fail(Fault::new(message, limit, size, remedy(context, category, limit))))
}

fn remedy(context: &Context<'_>, category: Category, limit: Bytes) -> String {
    match category.takes() {
        Use::Image => "Save it as JPEG with a lower quality, or make it smaller: ffmpeg -i INPUT -vf scale=iw/2:-1 OUTPUT.jpg".to_owned(),
        Use::Gif => "Use fewer frames or colours, or send it as a video: ffmpeg -i INPUT.gif -c:v libx264 -pix_fmt yuv420p -vf \"crop=trunc(iw/2)*2:trunc(ih/2)*2\" OUTPUT.mp4".to_owned(),
        Use::Video | Use::Captions => {
            let duration = context.movie().and_then(|movie| movie.duration.value().copied());
            match duration.and_then(|duration| fitting_bit_rate(limit, duration)) {
                Some(kilobits) => text!(
                    "Encode it at a lower bit rate: ffmpeg -i INPUT -c:v libx264 -b:v {kilobits}k -maxrate {kilobits}k -bufsize {}k -c:a copy OUTPUT.mp4",
                    kilobits.saturating_mul(2)
                ),
                None => "Encode it at a lower bit rate or make it shorter: ffmpeg -i INPUT -c:v libx264 -crf 26 -c:a copy OUTPUT.mp4".to_owned(),
            }
        }
    }
}

/// The bit rate of video, in kbps, with which a film of that duration stays well below the limit, its sound included.
fn fitting_bit_rate(limit: Bytes, duration: Duration) -> Option<u64> {
    let seconds = duration.seconds();
    let bits = u128::from(limit.0) * 8 * u128::from(seconds.denominator());
    let all = u64::try_from(bits.checked_div(u128::from(seconds.numerator()))? / 1000).ok()?;
    // One twentieth is left for the container, and 160 kbps for sound.
    (all - all / 20).checked_sub(160).filter(|&rate| rate >= 100)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| s.facts.size = 5_242_879,
            |s| s.facts.size = 5_242_880,
            |s| {
                s.category = Some(Category::TweetGif);
                s.facts.size = 15_728_640;
            },
            |s| {
                *s = Scenario::movie();
                s.facts.size = 536_870_912;
            },
            |s| {
                *s = Scenario::movie();
                s.pack = "twitter-2026";
                s.facts.size = 8 << 30;
            },
        ],
        fail: &[
            (|s| s.facts.size = 5_242_881, "5242880", "5242881"),
            (
                |s| {
                    *s = Scenario::gif();
                    s.facts.size = 15_728_641;
                },
                "15728640",
                "15728641",
            ),
            (
                |s| {
                    *s = Scenario::movie();
                    s.facts.size = 536_870_913;
                },
                "536870912",
                "536870913",
            ),
            (
                |s| {
                    *s = Scenario::movie();
                    s.pack = "twitter-2026";
                    s.category = Some(Category::DmVideo);
                    s.facts.size = 536_870_913;
                },
                "536870912",
                "536870913",
            ),
        ],
        undecided: &[],
        skip: &[
            |s| {
                *s = Scenario::srt();
                s.facts.size = u64::MAX;
            },
            |s| {
                s.facts.format = Format::Bmp;
                s.facts.size = u64::MAX;
            },
        ],
    };

    #[test]
    fn two_percent_below_the_limit_is_a_near_miss() {
        let mut scenario = Scenario::jpeg();
        scenario.facts.size = 5_242_880 * 98 / 100 + 1;
        assert!(matches!(scenario.run(&RULE), Ok(Outcome::Near(_))));
        scenario.facts.size -= 1;
        assert!(matches!(scenario.run(&RULE), Ok(Outcome::Pass)));
    }

    #[test]
    fn the_remedy_names_a_bit_rate_that_fits() {
        let minute = Duration::from_millis(60_000);
        let kilobits = fitting_bit_rate(Bytes(512 * Bytes::MIB), minute).unwrap();
        assert!((kilobits + 160) * 1000 * 60 / 8 < 512 * Bytes::MIB);
        assert_eq!(fitting_bit_rate(Bytes(1000), minute), None);
        assert_eq!(fitting_bit_rate(Bytes(1000), Duration::ZERO), None);
    }
}
