//! The video has an open GOP.
//!
//! **What it checks.** Every random access picture that is not IDR: whether pictures follow it in decoding order that are
//! shown before it and refer to pictures of the group before. It is decided from the bitstream, not only from the boxes,
//! and every GOP is looked at.
//!
//! **Why it matters.** A video is cut at such places for streaming, and then those pictures cannot be decoded: processing
//! fails, or the video stutters at every cut.
//!
//! **How to fix it.** Encode it with closed GOPs: `ffmpeg -i INPUT -c:v libx264 -x264-params open-gop=0 -flags +cgop -c:a
//! copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Must not have open GOP".

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

use super::{picture, where_is};

rule!("open-gop", open_gop, "open_gop.rs", "the video has an open GOP", H264);

fn check(_: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(gops) = track.read(&track.video.open_gops)? else { return Ok(Outcome::NotApplicable) };
    if gops.value.count == 0 {
        return Ok(Outcome::Pass);
    }
    let count = gops.value.count;
    let message = sentence!["The video has ", some(count, "open GOP")];
    let place = gops.value.first.as_ref().map(|first| {
        let leading = match gops.value.leading_pictures {
            1 => " picture that follows it is",
            _ => " pictures that follow it are",
        };
        let which = if count == 1 { "it" } else { "the first" };
        let pictures = gops.value.leading_pictures;
        sentence!["; ", which, " begins with ", where_is(first), ", and ", pictures, leading, " shown before it"]
    });
    let remedy = "Encode it with closed GOPs: ffmpeg -i INPUT -c:v libx264 -x264-params open-gop=0 -flags +cgop -c:a copy OUTPUT.mp4";
    let evidence = gops.value.first.as_ref().map(picture);
    let fault = Fault::new(message, "closed GOPs only", count, remedy).with(place);
    Ok(Outcome::Fail(fault.at(evidence.as_ref().unwrap_or(gops.at))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{Fact, OpenGops, PicturePlace};
    use crate::rules::testing::{Cases, Scenario, known, seconds};

    fn open(scenario: &mut Scenario, count: u64) {
        let first = PicturePlace { frame: 250, time: seconds(25, 3), offset: 4711 };
        scenario.video().open_gops = known(OpenGops { count, first: Some(first), leading_pictures: 2 });
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| open(s, 0)],
        fail: &[(|s| open(s, 1), "closed GOPs only", "1"), (|s| open(s, 9), "closed GOPs only", "9")],
        undecided: &[|s| s.video().open_gops = Fact::unknown("the pictures were not read"), |s| s.unread_pictures()],
        skip: &[
            |s| {
                s.codec(*b"hvc1", "HEVC");
                open(s, 1);
            },
            |s| s.video().open_gops = Fact::Absent,
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn the_message_leads_to_the_picture() {
        let mut scenario = Scenario::movie();
        open(&mut scenario, 3);
        let faults = scenario.faults(&RULE);
        assert_eq!(
            faults[0].message,
            "The video has 3 open GOPs; the first begins with frame 250 at 8.333333 s (25/3 s), and 2 pictures that follow \
             it are shown before it"
        );
        let place = faults[0].evidence.as_ref().unwrap();
        assert_eq!((place.offset, place.path.to_string().as_str()), (4711, "frame[250]"));
    }
}
