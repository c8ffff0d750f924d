//! A GOP has too many frames.
//!
//! **What it checks.** An IDR and all frames up to the next IDR, or the end: at most 512 frames; a pair of fields is one.
//!
//! **Why it matters.** The server's own message says so when it refuses such a video. Screen recorders and encoders with
//! an unlimited key frame interval make them.
//!
//! **How to fix it.** Set a key frame interval: `ffmpeg -i INPUT -c:v libx264 -g 60 -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Observed: "Video GOP is too large. Largest number of frames allowed in one GOP: 512" (UnsupportedMedia).

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;
use crate::units::Ratio;

use super::{picture, where_is};

rule!("gop-too-long", gop_too_long, "gop_too_long.rs", "a GOP has too many frames", H264);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(longest) = track.read(&track.video.longest_gop)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.gop_too_long.of(context.category).value.0;
    let frames = longest.value.frames;
    if frames <= limit {
        // A bound says nothing of how near the true length comes.
        if longest.value.upper_bound {
            return Ok(Outcome::Pass);
        }
        let words = || (some(frames, "frame"), limit);
        return near::under(Ratio::whole(frames), Ratio::whole(limit), words, (frames, limit));
    }
    if longest.value.upper_bound {
        return Err(Undecided::because(text!(
            "there are {frames} frames, and the pictures that begin a GOP among them were not read"
        )));
    }
    let message = text!("A GOP has {frames} frames; at most {limit} are allowed");
    let first = longest.value.first.as_ref();
    let place = first.map(|first| text!("; it begins with {}", where_is(first)));
    let is_refreshed = track.video.intra_refresh.value() == Some(&true);
    let refresh =
        is_refreshed.then(|| "; the video refreshes itself gradually and has no further IDR picture".to_owned());
    let remedy = "Set a key frame interval: ffmpeg -i INPUT -c:v libx264 -g 60 -c:a copy OUTPUT.mp4";
    let evidence = first.map(picture);
    let fault = Fault::new(message, limit, frames, remedy).with(place).with(refresh);
    Ok(Outcome::Fail(fault.at(evidence.as_ref().unwrap_or(longest.at))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{Fact, GopLength, PicturePlace};
    use crate::rules::testing::{Cases, Scenario, known, seconds};

    fn gop(scenario: &mut Scenario, frames: u64, upper_bound: bool) {
        let first = PicturePlace { frame: 0, time: seconds(0, 1), offset: 48 };
        scenario.video().longest_gop = known(GopLength { frames, upper_bound, first: (!upper_bound).then_some(first) });
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| gop(s, 511, false), |s| gop(s, 512, false), |s| gop(s, 512, true)],
        fail: &[(|s| gop(s, 513, false), "512", "513")],
        undecided: &[
            |s| gop(s, 513, true),
            |s| s.video().longest_gop = Fact::unknown("the pictures were not read"),
            |s| s.unread_pictures(),
        ],
        skip: &[
            |s| {
                s.codec(*b"av01", "AV1");
                gop(s, 9999, false);
            },
            |s| s.video().longest_gop = Fact::Absent,
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn a_video_that_refreshes_itself_gradually_is_told_so() {
        let mut scenario = Scenario::movie();
        gop(&mut scenario, 600, false);
        scenario.video().intra_refresh = known(true);
        assert_eq!(
            scenario.message(&RULE),
            "A GOP has 600 frames; at most 512 are allowed; it begins with frame 0 at 0 s; the video refreshes itself \
             gradually and has no further IDR picture"
        );
    }
}
