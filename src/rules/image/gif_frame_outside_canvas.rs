//! A frame of a GIF reaches outside the canvas.
//!
//! **What it checks.** Whether each frame's rectangle lies inside the logical screen.
//!
//! **Why it matters.** Readers disagree: some cut the frame, some enlarge the canvas, some refuse the file.
//!
//! **How to fix it.** Write the GIF anew: `ffmpeg -i INPUT.gif -vf
//! "split[a][b];[a]palettegen[p];[b][p]paletteuse" OUTPUT.gif`.
//!
//! **Basis.** Heuristic: GIF89a section 20 demands it; the platform's documents don't speak of it.

use crate::facts::Format;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

rule!(
    "gif-frame-outside-canvas",
    gif_frame_outside_canvas,
    "gif_frame_outside_canvas.rs",
    "a frame of a GIF reaches outside the canvas",
    Animation
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let animation = context.facts.animation.as_deref().filter(|_| context.facts.format == Format::Gif);
    let Some(animation) = animation else { return Ok(Outcome::NotApplicable) };
    let count = animation.frames_outside_canvas;
    if count == 0 {
        // Frames that were not read may still reach outside.
        context.read(&animation.frames)?;
        return Ok(Outcome::Pass);
    }
    let first = animation.first_outside_canvas.unwrap_or_default();
    let reach = if count == 1 { "reaches" } else { "reach" };
    let message = text!(
        "{} {reach} outside the canvas of the GIF; the first is frame {first}, counted from 0",
        some(count, "frame")
    );
    let remedy =
        "Write the GIF anew: ffmpeg -i INPUT.gif -vf \"split[a][b];[a]palettegen[p];[b][p]paletteuse\" OUTPUT.gif";
    let fault = Fault::new(message, "frames inside the canvas", count, remedy);
    Ok(Outcome::Fail(fault.at(animation.outside_canvas_at.as_ref())))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::gif,
        pass: &[|s| s.animation().frames = known(1)],
        fail: &[
            (|s| s.animation().frames_outside_canvas = 1, "frames inside the canvas", "1"),
            (
                |s| {
                    s.animation().frames_outside_canvas = 2;
                    s.animation().frames = Fact::unknown("cut");
                },
                "frames inside the canvas",
                "2",
            ),
        ],
        undecided: &[|s| s.animation().frames = Fact::unknown("cut")],
        skip: &[|s| *s = Scenario::jpeg()],
    };
}
