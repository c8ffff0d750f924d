//! The video is H.264, but not of the High profile.
//!
//! **What it checks.** profile_idc and the constraint flags of the SPS.
//!
//! **Why it matters.** Baseline and Main need more bits for the same picture; High 10 and the 4:2:2 and 4:4:4 profiles
//! hold formats that the platform doesn't take.
//!
//! **How to fix it.** `ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Recommended Video Codec: H264 High Profile".

use crate::finding::Value;
use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("video-profile", video_profile, "video_profile.rs", "the video is H.264, but not of the High profile", H264);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(profile) = track.read(&track.video.profile)? else { return Ok(Outcome::NotApplicable) };
    let allowed = &context.limits.video_profile.of(context.category).value;
    if allowed.iter().any(|name| *name.0 == **profile.value) {
        return Ok(Outcome::Pass);
    }
    let wanted = allowed.first().map(|name| name.0.clone()).unwrap_or_default();
    let message = text!("The video's H.264 profile is {}; {wanted} is recommended", profile.value);
    let remedy = "Encode it anew: ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4";
    Ok(Outcome::Fail(Fault::new(message, wanted, Value::Text(profile.value.clone()), remedy).at(profile.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.video().profile = known("Progressive High".into()),
            |s| s.video().profile = known("Constrained High".into()),
        ],
        fail: &[
            (|s| s.video().profile = known("Main".into()), "High", "Main"),
            (|s| s.video().profile = known("High 10".into()), "High", "High 10"),
        ],
        undecided: &[|s| s.video().profile = Fact::unknown("cut"), |s| s.track().video = None],
        skip: &[|s| s.codec(*b"hvc1", "HEVC"), |s| drop(s.movie_facts().tracks.remove(0)), |s| *s = Scenario::gif()],
    };
}
