//! The alternative text is too long, or the file cannot have one.
//!
//! **What it checks.** The text that goes with an image or GIF: at most 1000 characters, counted as Unicode scalar values.
//! Videos and captions take none; on Mastodon and Bluesky, videos do.
//!
//! **Why it matters.** media/metadata/create refuses it, and the picture is posted without a description.
//!
//! **How to fix it.** Shorten the text; say what matters in the picture. Describe a video in the post or in its captions.
//!
//! **Basis.** Documented: "Must be <= 1000 chars"; "This feature is currently only supported for images and GIFs."

use crate::profile::Use;
use crate::rules::Context;
use crate::rules::context::content;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

rule!(
    "alt-text-too-long",
    alt_text_too_long,
    "alt_text_too_long.rs",
    "the alternative text is too long, or the file cannot have one",
    Wish
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(text) = context.request.alt_text else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.alt_text_too_long.of(context.category).value;
    let what = match content(context.facts) {
        Some(Use::Video) if !limit.videos => Some("a video"),
        Some(Use::Captions) => Some("captions"),
        Some(Use::Image | Use::Gif | Use::Video) | None => None,
    };
    if let Some(what) = what {
        let message = text!("Alternative text is given for {what}; the platform takes it for images and GIFs only");
        let remedy = "Leave the alternative text out; describe a video in the post or in its captions";
        return Ok(Outcome::Fail(Fault::new(message, "images and GIFs only", what, remedy)));
    }
    let limit = limit.most;
    let count = text.chars().count() as u64;
    if count <= limit {
        return Ok(Outcome::Pass);
    }
    let over = count - limit;
    let message = text!("The alternative text has {count} characters, {over} more than the {limit} allowed");
    let remedy = text!("Shorten the text by {} or more", some(over, "character"));
    Ok(Outcome::Fail(Fault::new(message, limit, count, remedy)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::rules::testing::{Cases, Scenario};

    fn text(scenario: &mut Scenario, character: char, count: usize) {
        scenario.alt_text = Some(character.to_string().repeat(count));
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| text(s, 'a', 999),
            |s| text(s, 'a', 1000),
            |s| text(s, '\u{1f408}', 1000),
            |s| text(s, 'a', 0),
            |s| {
                *s = Scenario { pack: "bluesky", ..Scenario::movie() };
                text(s, 'a', 1000);
            },
            |s| {
                *s = Scenario::gif();
                text(s, 'a', 1000);
            },
        ],
        fail: &[
            (
                |s| {
                    *s = Scenario { pack: "bluesky", ..Scenario::movie() };
                    text(s, 'a', 1001);
                },
                "1000",
                "1001",
            ),
            (|s| text(s, 'a', 1001), "1000", "1001"),
            (|s| text(s, '\u{e9}', 1001), "1000", "1001"),
            (
                |s| {
                    *s = Scenario::movie();
                    text(s, 'a', 1);
                },
                "images and GIFs only",
                "a video",
            ),
            (
                |s| {
                    *s = Scenario::srt();
                    text(s, 'a', 1);
                },
                "images and GIFs only",
                "captions",
            ),
        ],
        undecided: &[],
        skip: &[|s| s.alt_text = None],
    };
}
