//! The video has more than 8 bits a sample.
//!
//! **What it checks.** bit_depth_luma and bit_depth_chroma of the SPS: 8 each.
//!
//! **Why it matters.** 10 bit video was refused, or came out with wrong colours; HDR recordings of phones have 10 bits.
//!
//! **How to fix it.** `ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Observed: the text says only 4:2:0; 10 bit is refused in practice.

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("bit-depth", bit_depth, "bit_depth.rs", "the video has more than 8 bits a sample", Video);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(luma) = track.read(&track.video.bit_depth_luma)? else { return Ok(Outcome::NotApplicable) };
    let chroma = track.read(&track.video.bit_depth_chroma)?.map_or(*luma.value, |chroma| *chroma.value);
    let limit = context.limits.bit_depth.of(context.category).value.0;
    let luma_bits = *luma.value;
    if u64::from(luma_bits) == limit && u64::from(chroma) == limit {
        return Ok(Outcome::Pass);
    }
    let message = if luma_bits == chroma {
        text!("The video has {luma_bits} bits a sample; {limit} are recommended")
    } else {
        text!("The video has {luma_bits} bits of luma and {chroma} of chroma a sample; {limit} are recommended")
    };
    let remedy =
        "Encode it with 8 bits: ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4";
    let actual = u64::from(if u64::from(luma_bits) == limit { chroma } else { luma_bits });
    Ok(Outcome::Fail(Fault::new(message, limit, actual, remedy).at(luma.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.video().bit_depth_chroma = Fact::Absent],
        fail: &[
            (|s| s.video().bit_depth_luma = known(10), "8", "10"),
            (|s| s.video().bit_depth_chroma = known(9), "8", "9"),
            (
                |s| {
                    s.codec(*b"hvc1", "HEVC");
                    s.video().bit_depth_luma = known(10);
                    s.video().bit_depth_chroma = known(10);
                },
                "8",
                "10",
            ),
        ],
        undecided: &[|s| s.unread_pictures(), |s| s.video().bit_depth_chroma = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.codec(*b"ap4h", "ProRes");
                s.unread_pictures();
            },
            |s| *s = Scenario::gif(),
        ],
    };
}
