//! The files do not fit into one post.
//!
//! **What it checks.** The files that belong to one post: at most 4 photos, or 1 animated GIF, or 1 video, never mixed. A
//! GIF of one frame is a photo. Captions are not counted.
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
    let kinds = [photos, gifs, videos].iter().filter(|count| **count > 0).count();
    if kinds <= 1 && photos <= mix.photos && gifs <= mix.gifs && videos <= mix.videos {
        return Outcome::Pass;
    }
    let allowed =
        text!("{}, or {}, or {}", some(mix.photos, "photo"), some(mix.gifs, "animated GIF"), some(mix.videos, "video"));
    let parts = [some(photos, "photo"), some(gifs, "animated GIF"), some(videos, "video")].map(|part| part.to_string());
    let counts = [photos, gifs, videos];
    let has: Vec<&str> =
        parts.iter().zip(counts).filter(|(_, count)| *count > 0).map(|(part, _)| part.as_str()).collect();
    let has = has.join(" and ");
    let message = text!("The post has {has}; it takes at most {allowed}, never mixed");
    Outcome::Fail(Fault::new(message, allowed, has, "Spread the files over several posts"))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known};

    const ALLOWED: &str = "4 photos, or 1 animated GIF, or 1 video";

    fn photos(scenario: &mut Scenario, more: usize) {
        scenario.beside = (0..more).map(|_| Scenario::jpeg().facts).collect();
    }

    fn still_gif() -> Scenario {
        let mut gif = Scenario::gif();
        gif.animation().frames = known(1);
        gif
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
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
