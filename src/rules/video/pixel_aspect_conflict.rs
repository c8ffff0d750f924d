//! Container and bitstream give different pixel aspect ratios.
//!
//! **What it checks.** Whether `pasp` and the VUI of the SPS give the same ratio, where both give one.
//!
//! **Why it matters.** Most players follow the container, some the bitstream: the film looks right only on some.
//!
//! **How to fix it.** Encode it with square pixels: `ffmpeg -i INPUT -vf "scale=trunc(iw*sar/2)*2:ih,setsar=1" -c:v libx264
//! -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Heuristic: the documents ask for 1:1 and don't say where it is looked for.

use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::aspect;

rule!(
    "pixel-aspect-conflict",
    pixel_aspect_conflict,
    "pixel_aspect_conflict.rs",
    "container and bitstream give different pixel aspect ratios"
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(track) = context.video()? else { return Ok(Outcome::NotApplicable) };
    let Some(container) = track.read(&track.video.pixel_aspect_box)? else { return Ok(Outcome::Pass) };
    let Some(bitstream) = track.read(&track.video.pixel_aspect_vui)? else { return Ok(Outcome::Pass) };
    if container.value == bitstream.value {
        return Ok(Outcome::Pass);
    }
    let (container_says, bitstream_says) = (aspect(*container.value), aspect(*bitstream.value));
    let message = format!(
        "The container (pasp) says that pixels are {container_says}, the bitstream (VUI) {bitstream_says}: players differ"
    );
    let remedy = "Encode it with square pixels: ffmpeg -i INPUT -vf \"scale=trunc(iw*sar/2)*2:ih,setsar=1\" -c:v libx264 -c:a copy OUTPUT.mp4";
    Ok(Outcome::fault(Fault::new(message, container_says, bitstream_says, remedy).at(bitstream.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::Ratio;

    fn both(scenario: &mut Scenario, container: (u64, u64), bitstream: (u64, u64)) {
        scenario.video().pixel_aspect_box = known(Ratio::new(container.0, container.1).unwrap());
        scenario.video().pixel_aspect_vui = known(Ratio::new(bitstream.0, bitstream.1).unwrap());
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| both(s, (4, 3), (12, 9)),
            |s| {
                both(s, (4, 3), (1, 1));
                s.video().pixel_aspect_box = Fact::Absent;
            },
            |s| {
                both(s, (4, 3), (1, 1));
                s.video().pixel_aspect_vui = Fact::Absent;
            },
        ],
        fail: &[(|s| both(s, (4, 3), (1, 1)), "4:3", "1:1"), (|s| both(s, (1, 1), (10, 11)), "1:1", "10:11")],
        undecided: &[
            |s| s.video().pixel_aspect_box = Fact::unknown("cut"),
            |s| {
                both(s, (1, 1), (1, 1));
                s.video().pixel_aspect_vui = Fact::unknown("cut");
            },
        ],
        skip: &[|s| *s = Scenario::jpeg()],
    };
}
