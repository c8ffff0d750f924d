//! The media category does not fit the content.
//!
//! **What it checks.** Whether the category that is asked for takes what the file holds: *_image takes still images,
//! *_gif GIFs, *_video and amplify_video movies, subtitles SRT. Without a category it is derived from the content, and
//! always fits.
//!
//! **Why it matters.** The category decides the limits and the processing; with a wrong one the upload fails, or the
//! finished media cannot be attached.
//!
//! **How to fix it.** Send the file under a category of its content, or leave the category out.
//!
//! **Basis.** Documented: "It's important to use the correct media category when uploading media to avoid problems when
//! trying to use the media."

use crate::facts::Format;
use crate::profile::Use;
use crate::rules::Context;
use crate::rules::context::{content, gif_frames};
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!(
    "category-mismatch",
    category_mismatch,
    "category_mismatch.rs",
    "the media category does not fit the content",
    Wish
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let (Some(category), Some(holds)) = (context.request.category, content(context.facts)) else {
        return Ok(Outcome::NotApplicable);
    };
    let is_gif = context.facts.format == Format::Gif;
    // A GIF of one frame is an image, and may be sent as a GIF, too: that is `static-gif`.
    if category.takes() == holds || (is_gif && category.takes() == Use::Gif) {
        return Ok(Outcome::Pass);
    }
    if is_gif && category.takes() == Use::Image && gif_frames(context.facts).is_none() {
        return Err(Undecided::because("the frames of the GIF could not be counted"));
    }
    let (what, fitting) = match holds {
        Use::Image => ("a still image", "tweet_image or dm_image"),
        Use::Gif => ("an animated GIF", "tweet_gif or dm_gif"),
        Use::Video => ("a video", "tweet_video, dm_video or amplify_video"),
        Use::Captions => ("captions", "subtitles"),
    };
    let message = text!("The category is {category}, but the file holds {what} ({})", context.facts.format);
    let remedy = text!("Send it as {fitting}");
    Ok(Outcome::Fail(Fault::new(message, fitting, category.as_str(), remedy)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::gif,
        pass: &[
            |s| s.category = Some(Category::TweetGif),
            |s| s.category = Some(Category::DmGif),
            |s| {
                s.animation().frames = known(1);
                s.category = Some(Category::DmImage);
            },
            |s| {
                s.animation().frames = known(1);
                s.category = Some(Category::TweetGif);
            },
            |s| {
                s.animation().frames = Fact::unknown("cut");
                s.category = Some(Category::TweetGif);
            },
            |s| {
                *s = Scenario::movie();
                s.category = Some(Category::AmplifyVideo);
            },
            |s| {
                *s = Scenario::srt();
                s.category = Some(Category::Subtitles);
            },
        ],
        fail: &[
            (|s| s.category = Some(Category::TweetImage), "tweet_gif or dm_gif", "tweet_image"),
            (|s| s.category = Some(Category::TweetVideo), "tweet_gif or dm_gif", "tweet_video"),
            (
                |s| {
                    *s = Scenario::jpeg();
                    s.category = Some(Category::TweetGif);
                },
                "tweet_image or dm_image",
                "tweet_gif",
            ),
            (
                |s| {
                    *s = Scenario::movie();
                    s.category = Some(Category::TweetImage);
                },
                "tweet_video, dm_video or amplify_video",
                "tweet_image",
            ),
            (
                |s| {
                    *s = Scenario::srt();
                    s.category = Some(Category::TweetVideo);
                },
                "subtitles",
                "tweet_video",
            ),
        ],
        undecided: &[|s| {
            s.animation().frames = Fact::unknown("cut");
            s.category = Some(Category::TweetImage);
        }],
        skip: &[
            |s| s.category = None,
            |s| {
                s.facts.format = Format::Bmp;
                s.category = Some(Category::TweetImage);
            },
        ],
    };
}
