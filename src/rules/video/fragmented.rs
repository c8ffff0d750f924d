//! The MP4 is fragmented.
//!
//! **What it checks.** Whether the movie has fragments (moof), or is set up to have them (mvex).
//!
//! **Why it matters.** Fragmented files are made for streaming; some processing reads only what the movie header knows of,
//! and takes them for empty or too short.
//!
//! **How to fix it.** Write it as a plain file, which loses nothing: `ffmpeg -i INPUT -c copy -movflags +faststart
//! OUTPUT.mp4`.
//!
//! **Basis.** Heuristic: the documents don't speak of fragments.

use crate::facts::Movie;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

rule!("fragmented", fragmented, "fragmented.rs", "the MP4 is fragmented", Movie);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    if movie.tracks.is_empty() {
        return Ok(Outcome::NotApplicable);
    }
    let Some(fragmented) = context.read(&movie.fragmented)? else { return Ok(Outcome::Pass) };
    if !*fragmented.value {
        return Ok(Outcome::Pass);
    }
    let fragments = some(movie.fragments, "fragment").to_string();
    let message = if movie.fragments == 0 {
        "The MP4 is set up for fragments, as for streaming, and holds none: some processing does not read that"
            .to_owned()
    } else {
        text!("The MP4 is fragmented, as for streaming ({fragments}): some processing does not read that")
    };
    let remedy =
        "Write it as a plain file, which loses nothing: ffmpeg -i INPUT -c copy -movflags +faststart OUTPUT.mp4";
    Ok(Outcome::Fail(Fault::new(message, "no fragments", fragments, remedy).at(fragmented.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.movie_facts().fragmented = Fact::Absent],
        fail: &[(
            |s| {
                s.movie_facts().fragmented = known(true);
                s.movie_facts().fragments = 12;
            },
            "no fragments",
            "12 fragments",
        )],
        undecided: &[|s| s.movie_facts().fragmented = Fact::unknown("cut")],
        skip: &[|s| s.movie_facts().tracks.clear(), |s| *s = Scenario::gif()],
    };
}
