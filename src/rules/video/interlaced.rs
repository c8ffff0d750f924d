//! The video is interlaced.
//!
//! **What it checks.** How the pictures are coded. frame_mbs_only_flag 1 is progressive, whatever pic_struct says. Field
//! pictures, MBAFF frames with pic_struct 3 to 6 and frames whose ct_type is 1 are interlaced. Other pictures under
//! frame_mbs_only_flag 0 pass with a warning, and so does a `fiel` box that contradicts the bitstream.
//!
//! **Why it matters.** Interlaced pictures show combs on every screen of today, and processing fails on them.
//!
//! **How to fix it.** Deinterlace it: `ffmpeg -i INPUT -vf bwdif=mode=send_frame -c:v libx264 -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Must use progressive scan". The warnings are heuristic.

use crate::facts::Scan;
use crate::profile::Basis;
use crate::rules::Context;
use crate::rules::context::{Known, VideoTrack};
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

use super::{picture, where_is};

rule!("interlaced", interlaced, "interlaced.rs", "the video is interlaced", H264);

fn check(_: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let is_frames_only = track.video.frame_mbs_only.value() == Some(&true);
    let scan = match track.read(&track.video.scan) {
        Ok(None) => return Ok(Outcome::NotApplicable),
        // The parameter sets settle it where the pictures were not looked at.
        Err(_) if is_frames_only => None,
        known => known?,
    };
    let mut faults = Vec::new();
    match scan {
        None | Some(Known { value: Scan::Progressive, .. }) => {
            // Nearly every file.
            if track.video.field_count_box.value().is_none() {
                return Ok(Outcome::Pass);
            }
        }
        Some(Known { value: Scan::ProgressiveFrames { how }, at }) => {
            let message = text!(
                "The video is marked as one that may hold interlaced pictures (frame_mbs_only_flag 0), though nothing says \
                 that one is: {how}"
            );
            let remedy = "Encode it anew as progressive: ffmpeg -i INPUT -c:v libx264 -c:a copy OUTPUT.mp4";
            faults.push(Fault::new(message, "progressive", how.clone(), remedy).at(at).advised(Basis::Heuristic));
        }
        Some(Known { value: Scan::Interlaced { how, first, frames }, .. }) => {
            let message = text!(
                "The video is interlaced: {how}, in {}; the first is {}",
                some(*frames, "frame"),
                where_is(first)
            );
            let remedy = "Deinterlace it: ffmpeg -i INPUT -vf bwdif=mode=send_frame -c:v libx264 -c:a copy OUTPUT.mp4";
            faults.push(Fault::new(message, "progressive", how.clone(), remedy).at(&picture(first)));
        }
    }
    faults.extend(contradicting_box(track, scan.map(|scan| scan.value)));
    Ok(Outcome::faults(faults))
}

/// The fault of a `fiel` box that says other than the bitstream.
fn contradicting_box(track: &VideoTrack<'_>, scan: Option<&Scan>) -> Option<Fault> {
    let fields = track.video.field_count_box.value()?;
    let (says, bitstream) = match (fields, scan) {
        (2, None | Some(Scan::Progressive)) => ("interlaced", "progressive"),
        (1, Some(Scan::Interlaced { .. })) => ("progressive", "interlaced"),
        _ => return None,
    };
    let message = text!("The container (fiel) says that the video is {says}, but the bitstream is {bitstream}");
    let remedy = "Encode it anew: ffmpeg -i INPUT -c:v libx264 -c:a copy OUTPUT.mp4";
    let fault = Fault::new(message, bitstream, says, remedy).advised(Basis::Heuristic);
    Some(fault.at(track.video.field_count_box.evidence()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{Fact, PicturePlace};
    use crate::rules::testing::{Cases, Scenario, known, seconds};

    fn fields(scenario: &mut Scenario) {
        let first = PicturePlace { frame: 3, time: seconds(1, 10), offset: 4711 };
        scenario.video().frame_mbs_only = known(false);
        scenario.video().scan = known(Scan::Interlaced { how: "field pictures".to_owned(), first, frames: 2 });
    }

    fn frames(scenario: &mut Scenario) {
        scenario.video().frame_mbs_only = known(false);
        scenario.video().scan = known(Scan::ProgressiveFrames { how: "frame pictures".to_owned() });
    }

    fn unread(scenario: &mut Scenario) {
        scenario.video().frame_mbs_only = known(false);
        scenario.video().scan = Fact::unknown("the pictures were not read");
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.video().field_count_box = known(1),
            |s| {
                s.video().scan = Fact::unknown("the pictures were not read");
                s.video().field_count_box = known(1);
            },
        ],
        fail: &[
            (fields, "progressive", "field pictures"),
            (frames, "progressive", "frame pictures"),
            (|s| s.video().field_count_box = known(2), "progressive", "interlaced"),
        ],
        undecided: &[unread, |s| s.unread_pictures()],
        skip: &[
            |s| {
                s.codec(*b"hvc1", "HEVC");
                fields(s);
            },
            |s| drop(s.movie_facts().tracks.remove(0)),
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn only_interlaced_pictures_are_an_error() {
        let advised = |scenario: &Scenario| {
            scenario.faults(&RULE).iter().map(|fault| fault.only_advised.is_some()).collect::<Vec<_>>()
        };
        let mut scenario = Scenario::movie();
        frames(&mut scenario);
        scenario.video().field_count_box = known(2);
        assert_eq!(advised(&scenario), [true]);
        fields(&mut scenario);
        assert_eq!(advised(&scenario), [false]);
        assert_eq!(
            scenario.message(&RULE),
            "The video is interlaced: field pictures, in 2 frames; the first is frame 3 at 0.1 s"
        );
        scenario.video().field_count_box = known(1);
        assert_eq!(advised(&scenario), [false, true]);
    }
}
