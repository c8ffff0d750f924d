//! The video's pixels are not square.
//!
//! **What it checks.** The pixel aspect ratio that players apply: that of `pasp`, or else of the VUI of the SPS. None given
//! is 1:1.
//!
//! **Why it matters.** Processing fails, or the picture is shown squeezed.
//!
//! **How to fix it.** `ffmpeg -i INPUT -vf "scale=trunc(iw*sar/2)*2:ih,setsar=1" -c:v libx264 -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Must have 1:1 pixel aspect ratio".

use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::aspect;

rule!("pixel-aspect-ratio", pixel_aspect_ratio, "pixel_aspect_ratio.rs", "the video's pixels are not square");

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(track) = context.video()? else { return Ok(Outcome::NotApplicable) };
    let video = track.video;
    let Some(pixel) = track.read(video.pixel_aspect())? else { return Ok(Outcome::Pass) };
    let limit = context.limits.pixel_aspect_ratio.of(context.category).value.0;
    if *pixel.value == limit {
        return Ok(Outcome::Pass);
    }
    let message = format!("The pixels are {} (width:height); only {} is taken", aspect(*pixel.value), aspect(limit));
    let both = video.pixel_aspect_box.value().zip(video.pixel_aspect_vui.value());
    let conflict = both.filter(|(container, bitstream)| container != bitstream).map(|(container, bitstream)| {
        let (container, bitstream) = (aspect(*container), aspect(*bitstream));
        format!("; the container (pasp) says {container}, which players follow, and the bitstream (VUI) {bitstream}")
    });
    let remedy = "Scale it to square pixels: ffmpeg -i INPUT -vf \"scale=trunc(iw*sar/2)*2:ih,setsar=1\" -c:v libx264 -c:a copy OUTPUT.mp4";
    Ok(Outcome::fault(Fault::new(message, aspect(limit), aspect(*pixel.value), remedy).with(conflict).at(pixel.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::Ratio;

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.video().pixel_aspect_box = known(Ratio::whole(1)),
            |s| s.video().pixel_aspect_vui = known(Ratio::whole(1)),
            // `pasp` wins.
            |s| {
                s.video().pixel_aspect_box = known(Ratio::whole(1));
                s.video().pixel_aspect_vui = known(Ratio::new(4, 3).unwrap());
            },
            |s| {
                s.video().pixel_aspect_box = known(Ratio::whole(1));
                s.video().pixel_aspect_vui = Fact::unknown("cut");
            },
            |s| {
                s.codec(*b"hvc1", "HEVC");
                s.unread_pictures();
            },
        ],
        fail: &[
            (|s| s.video().pixel_aspect_box = known(Ratio::new(4, 3).unwrap()), "1:1", "4:3"),
            (|s| s.video().pixel_aspect_vui = known(Ratio::new(10, 11).unwrap()), "1:1", "10:11"),
        ],
        undecided: &[
            |s| s.video().pixel_aspect_box = Fact::unknown("cut"),
            |s| s.video().pixel_aspect_vui = Fact::unknown("cut"),
        ],
        skip: &[|s| *s = Scenario::jpeg()],
    };

    #[test]
    fn both_ratios_are_shown_where_they_disagree() {
        let mut scenario = Scenario::movie();
        scenario.video().pixel_aspect_box = known(Ratio::new(4, 3).unwrap());
        scenario.video().pixel_aspect_vui = known(Ratio::whole(1));
        assert_eq!(
            scenario.message(&RULE),
            "The pixels are 4:3 (width:height); only 1:1 is taken; the container (pasp) says 4:3, which players follow, \
             and the bitstream (VUI) 1:1"
        );
    }
}
