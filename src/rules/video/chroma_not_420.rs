//! The video's chroma sampling is not 4:2:0.
//!
//! **What it checks.** chroma_format_idc of the SPS: 1 is 4:2:0. Monochrome, 4:2:2, 4:4:4 and RGB fail.
//!
//! **Why it matters.** Processing fails, and most players cannot show such video.
//!
//! **How to fix it.** `ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Only YUV 4:2:0 pixel format is supported".

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("chroma-not-420", chroma_not_420, "chroma_not_420.rs", "the video's chroma sampling is not 4:2:0", Video);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(chroma) = track.read(&track.video.chroma_format)? else { return Ok(Outcome::NotApplicable) };
    let allowed = context.limits.chroma_not_420.of(context.category).value;
    if *chroma.value == allowed {
        return Ok(Outcome::Pass);
    }
    let message = text!("The video's pixel format is {}; only {allowed} is taken", chroma.value);
    let remedy =
        "Encode it as 4:2:0: ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4";
    Ok(Outcome::Fail(Fault::new(message, allowed.to_string(), chroma.value.to_string(), remedy).at(chroma.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::ChromaFormat;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.video().chroma_format = known(ChromaFormat::Yuv420)],
        fail: &[
            (|s| s.video().chroma_format = known(ChromaFormat::Monochrome), "4:2:0", "monochrome"),
            (|s| s.video().chroma_format = known(ChromaFormat::Yuv422), "4:2:0", "4:2:2"),
            (|s| s.video().chroma_format = known(ChromaFormat::Yuv444), "4:2:0", "4:4:4"),
            (
                |s| {
                    s.codec(*b"hvc1", "HEVC");
                    s.video().chroma_format = known(ChromaFormat::Rgb);
                },
                "4:2:0",
                "RGB",
            ),
        ],
        undecided: &[|s| s.unread_pictures()],
        skip: &[
            |s| {
                s.codec(*b"ap4h", "ProRes");
                s.unread_pictures();
            },
            |s| *s = Scenario::gif(),
        ],
    };
}
