//! The files do not fit into one post.
//!
//! **What it checks.** The files that belong to one post: at most 4 photos, or 1 animated GIF, or 1 video, never mixed. A
//! GIF of one frame is a photo, and on Mastodon and Bluesky every GIF is. Captions are not counted.
//!
//! **Why it matters.** The uploads succeed, and the post itself is refused.
//!
//! **How to fix it.** Spread the files over several posts.
//!
//! **Basis.** Documented: "You may attach up to 4 photos, 1 animated GIF or 1 video in a Tweet."

use crate::profile::Use;
use crate::rules::context::content;
use crate::rules::outcome::{Fault, Outcome};
use crate::rules::words::some;

use super::Post;

rule!("post-media-mix", post_media_mix, "post_media_mix.rs", "the files do not fit into one post", Post);

fn check(post: &Post<'_>) -> Outcome {
    let mix = post.limits.post_media_mix.of(None).value;
    let uses: Vec<Use> = post
        .files
        .iter()
        .filter_map(|(facts, category)| {
            let content = content(facts)?;
            // What is sent as a GIF is one, even where it is still.
            let is_sent_as_gif = category.is_some_and(|category| category.takes() == Use::Gif);
            Some(if content == Use::Image && is_sent_as_gif { Use::Gif } else { content })
        })
        .collect();
    let count = |wanted: Use| uses.iter().filter(|one| **one == wanted).count() as u64;
    let (photos, gifs, videos) = (count(Use::Image), count(Use::Gif), count(Use::Video));
    let (among_photos, apart, most_apart) = match mix.gifs {
        Some(most) => (photos, gifs, most),
        None => (photos + gifs, 0, 0),
    };
    let kinds = [among_photos, apart, videos].iter().filter(|count| **count > 0).count();
    if kinds <= 1 && among_photos <= mix.photos && apart <= most_apart && videos <= mix.videos {
        return Outcome::Pass;
    }
    let allowed = text!("{mix}");
    let counts = [(photos, "photo"), (gifs, "animated GIF"), (videos, "video")];
    let has: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, thing)| some(count, thing).to_string())
        .collect();
    let has = has.join(" and ");
    let message = text!("The post has {has}; it takes at most {allowed}, never mixed");
    Outcome::Fail(Fault::new(message, allowed, has, "Spread the files over several posts"))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known};

    const ALLOWED: &str = "4 photos, or 1 animated GIF, or 1 video";
    const AMONG_PHOTOS: &str = "4 photos, animated GIFs among them, or 1 video";

    fn photos(scenario: &mut Scenario, more: usize) {
        scenario.beside = (0..more).map(|_| Scenario::jpeg().facts).collect();
    }

    fn still_gif() -> Scenario {
        let mut gif = Scenario::gif();
        gif.animation().frames = known(1);
        gif
    }

    /// Three photos and an animated GIF, where these count as photos, and more photos.
    fn elsewhere(scenario: &mut Scenario, more: usize) {
        scenario.pack = "mastodon";
        photos(scenario, 2 + more);
        scenario.beside.push(Scenario::gif().facts);
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| elsewhere(s, 0),
            |s| photos(s, 3),
            |s| *s = Scenario::gif(),
            |s| *s = Scenario::movie(),
            |s| {
                photos(s, 2);
                s.beside.push(still_gif().facts);
            },
            |s| {
                *s = Scenario::movie();
                s.beside.push(Scenario::srt().facts);
            },
        ],
        fail: &[
            (|s| elsewhere(s, 1), AMONG_PHOTOS, "4 photos and 1 animated GIF"),
            (
                |s| {
                    s.pack = "bluesky";
                    s.beside.push(Scenario::movie().facts);
                },
                AMONG_PHOTOS,
                "1 photo and 1 video",
            ),
            (|s| photos(s, 4), ALLOWED, "5 photos"),
            (|s| s.beside.push(Scenario::movie().facts), ALLOWED, "1 photo and 1 video"),
            (|s| s.beside.push(Scenario::gif().facts), ALLOWED, "1 photo and 1 animated GIF"),
            (
                |s| {
                    *s = Scenario::gif();
                    s.beside.push(Scenario::gif().facts);
                },
                ALLOWED,
                "2 animated GIFs",
            ),
            (
                |s| {
                    *s = Scenario::movie();
                    s.beside.push(Scenario::movie().facts);
                },
                ALLOWED,
                "2 videos",
            ),
            (
                |s| {
                    *s = still_gif();
                    s.category = Some(Category::TweetGif);
                    photos(s, 1);
                },
                ALLOWED,
                "1 photo and 1 animated GIF",
            ),
        ],
        undecided: &[],
        skip: &[],
    };
}
