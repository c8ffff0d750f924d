//! The video's pixels are not square.
//!
//! **What it checks.** The pixel aspect ratio that players apply: that of `pasp`, or else of the VUI of the SPS. None given
//! is 1:1. Where both give one and they disagree, that is a warning of its own.
//!
//! **Why it matters.** Processing fails, or the picture is shown squeezed. Where container and bitstream disagree, most
//! players follow the container, some the bitstream: the film looks right only on some.
//!
//! **How to fix it.** `ffmpeg -i INPUT -vf "scale=trunc(iw*sar/2)*2:ih,setsar=1" -c:v libx264 -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Must have 1:1 pixel aspect ratio".

use crate::facts::{Evidence, Fact};
use crate::profile::Basis;
use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::aspect;
use crate::units::Ratio;

rule!("pixel-aspect-ratio", pixel_aspect_ratio, "pixel_aspect_ratio.rs", "the video's pixels are not square", Video);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let video = track.video;
    let Some(pixel) = track.read(video.pixel_aspect())? else { return Ok(Outcome::Pass) };
    let limit = context.limits.pixel_aspect_ratio.of(context.category).value.0;
    let conflict = conflict(track)?;
    if *pixel.value == limit {
        return match conflict {
            Some(conflict) => Ok(Outcome::Fail(conflict.fault())),
            None => Ok(Outcome::Pass),
        };
    }
    let message = text!("The pixels are {} (width:height); only {} is taken", aspect(*pixel.value), aspect(limit));
    let fault = Fault::new(message, aspect(limit).to_string(), aspect(*pixel.value).to_string(), REMEDY).at(pixel.at);
    let conflict = conflict.map(Conflict::fault);
    Ok(Outcome::faults(std::iter::once(fault).chain(conflict).collect()))
}

/// That container and bitstream give different ratios.
struct Conflict<'a> {
    container: Ratio,
    bitstream: Ratio,
    at: &'a Evidence,
}

impl Conflict<'_> {
    /// The warning of it.
    fn fault(self) -> Fault {
        let (container, bitstream) = (aspect(self.container).to_string(), aspect(self.bitstream).to_string());
        let message = text!(
            "The container (pasp) says that the pixels are {container}, which most players follow, the bitstream (VUI) {bitstream}"
        );
        Fault::new(message, container, bitstream, REMEDY).at(self.at).advised(Basis::Heuristic)
    }
}

/// Whether container and bitstream give different ratios.
fn conflict<'a>(track: &VideoTrack<'a>) -> Result<Option<Conflict<'a>>, Undecided> {
    let Some(container) = track.read(&track.video.pixel_aspect_box)? else { return Ok(None) };
    // A ratio that cannot be read contradicts nothing.
    let Fact::Known { value: bitstream, at } = &track.video.pixel_aspect_vui else { return Ok(None) };
    if container.value == bitstream {
        return Ok(None);
    }
    Ok(Some(Conflict { container: *container.value, bitstream: *bitstream, at }))
}

const REMEDY: &str = "Scale it to square pixels: ffmpeg -i INPUT -vf \"scale=trunc(iw*sar/2)*2:ih,setsar=1\" -c:v libx264 -c:a copy OUTPUT.mp4";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.video().pixel_aspect_box = known(Ratio::whole(1)),
            |s| s.video().pixel_aspect_vui = known(Ratio::whole(1)),
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

    fn findings(container: Ratio, bitstream: Ratio) -> Vec<(String, bool)> {
        let mut scenario = Scenario::movie();
        scenario.video().pixel_aspect_box = known(container);
        scenario.video().pixel_aspect_vui = known(bitstream);
        match scenario.run(&RULE) {
            Ok(Outcome::Fail(fault)) => vec![(fault.message, fault.only_advised.is_none())],
            Ok(Outcome::FailIn(faults)) => {
                faults.into_iter().map(|fault| (fault.message, fault.only_advised.is_none())).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_disagreement_is_a_warning_of_this_rule() {
        let (square, wide) = (Ratio::whole(1), Ratio::new(4, 3).unwrap());
        assert_eq!(findings(square, square), []);
        let [(message, is_error)] = &findings(square, wide)[..] else { panic!("one finding") };
        assert!(!is_error, "`pasp` wins: {message}");
        assert_eq!(
            message,
            "The container (pasp) says that the pixels are 1:1, which most players follow, the bitstream (VUI) 4:3"
        );
        let found = findings(wide, square);
        assert_eq!(found.iter().map(|(_, is_error)| *is_error).collect::<Vec<_>>(), [true, false]);
        assert_eq!(found[0].0, "The pixels are 4:3 (width:height); only 1:1 is taken");
    }
}
