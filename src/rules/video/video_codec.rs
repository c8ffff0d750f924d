//! The video is not H.264.
//!
//! **What it checks.** The sample entry of the video track: avc1 or avc3, not encrypted. The message names what it is
//! instead: HEVC, AV1, VP9, MPEG-4 part 2, ProRes, Motion JPEG and others.
//!
//! **Why it matters.** Processing ends in "Unsupported video format". Phones record HEVC by default.
//!
//! **How to fix it.** Encode it as H.264: `ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy
//! OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Recommended Video Codec: H264 High Profile". It stands under recommendations and is an error
//! here, because other codecs fail.

use crate::facts::{Codec, Movie};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::any_of;

rule!("video-codec", video_codec, "video_codec.rs", "the video is not H.264", Movie);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    let Some(track) = movie.video_track() else { return Ok(Outcome::NotApplicable) };
    let allowed = &context.limits.video_codec.of(context.category).value;
    let mut codings = track.codings().map(|coding| &coding.codec);
    // What is known not to be taken decides, before a coding of which nothing is known.
    let is_refused = |codec: &Codec| codec.encrypted || !allowed.contains(&codec.fourcc);
    let refused = codings.clone().find(|codec| codec.value().is_some_and(is_refused));
    let Some(codec) = refused else {
        let unknown = codings.find(|codec| codec.value().is_none());
        return match unknown.map(|codec| context.read(codec)).transpose()? {
            Some(_) => Err(Undecided::because("the video track names no codec")),
            None => Ok(Outcome::Pass),
        };
    };
    let Some(codec) = context.read(codec)? else { return Ok(Outcome::NotApplicable) };
    let is_allowed = allowed.contains(&codec.value.fourcc);
    let limit = text!("H.264 ({})", any_of(allowed.iter().map(ToString::to_string)));
    let (message, remedy) = if is_allowed {
        ("The video is encrypted, and the platform cannot play it".to_owned(), "Export it without copy protection")
    } else {
        (
            text!("The video is {}, and the platform takes H.264 only", codec.value),
            "Encode it as H.264: ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a copy OUTPUT.mp4",
        )
    };
    Ok(Outcome::Fail(Fault::new(message, limit, codec.value.to_string(), remedy).at(codec.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::{Codec, Fact, FourCc};
    use crate::rules::testing::{Cases, Scenario, known};

    const LIMIT: &str = "H.264 (avc1 or avc3)";

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.codec(*b"avc3", "H.264")],
        fail: &[
            (|s| s.codec(*b"hvc1", "HEVC"), LIMIT, "HEVC (hvc1)"),
            (|s| s.codec(*b"av01", "AV1"), LIMIT, "AV1 (av01)"),
            (
                |s| {
                    let codec = Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: true };
                    s.track().codec = known(codec);
                },
                LIMIT,
                "H.264 (avc1), encrypted",
            ),
            (
                |s| {
                    let mut other = crate::facts::Track::new(0, crate::facts::TrackKind::Video);
                    other.codec = known(Codec { fourcc: FourCc(*b"hvc1"), name: "HEVC".into(), encrypted: false });
                    s.track().other_codings.push(other);
                },
                LIMIT,
                "HEVC (hvc1)",
            ),
        ],
        undecided: &[|s| s.track().codec = Fact::unknown("cut"), |s| s.track().codec = Fact::Absent],
        skip: &[|s| drop(s.movie_facts().tracks.remove(0)), |s| *s = Scenario::gif()],
    };
}
