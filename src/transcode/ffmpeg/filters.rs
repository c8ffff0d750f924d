//! The chain of filters of a video.

use super::seconds;
use crate::facts::{ChromaFormat, FirstField, Track, Video};
use crate::transcode::plan::{Action, Encode};
use crate::units::Ratio;

/// The filters in the order in which they do least harm: whole frames first, fewer of them, then their colours and size.
pub(super) fn chain(actions: &[&Action], encode: &Encode, track: Option<&Track>) -> String {
    let video = track.and_then(|track| track.video.as_deref());
    let mut chain: Vec<String> = Vec::new();
    // What reads the file counts the length of a part from the first picture in it, which may come late.
    chain.extend(actions.iter().find_map(|action| match action {
        Action::Trim(trim) => Some(format!("trim=end={}", seconds(trim.length()))),
        _ => None,
    }));
    let is_step = actions.iter().any(|action| matches!(action, Action::Deinterlace { .. }));
    if (encode.deinterlace_marked || encode.deinterlace_all) && !is_step {
        chain.push(deinterlace(!encode.deinterlace_all, video));
    }
    for action in actions {
        match action {
            Action::Deinterlace { marked_only } => chain.push(deinterlace(*marked_only, video)),
            Action::SetRate { to } => chain.push(lowered(*to)),
            _ => {}
        }
    }
    if let Some(size) = encode.crop {
        chain.push(format!("crop={}:{}:0:0", size.width, size.height));
    }
    if encode.tone_map {
        chain.push(TONE_MAP.to_owned());
    }
    chain.extend(size(actions, track));
    chain.push("format=yuv420p".to_owned());
    for action in actions {
        if let Action::HoldLast { length, .. } = action {
            chain.push(format!("tpad=stop_mode=clone:stop_duration={}", seconds(*length)));
        }
    }
    chain.join(",")
}

/// Fewer frames a second: at each moment that is kept, the frame that is shown then. Rounded to the nearest moment, as
/// ffmpeg does by itself, the first frame would give way to the second, and all would come too early.
pub(super) fn lowered(to: Ratio) -> String {
    format!("fps={to}:round=up")
}

pub(super) fn deinterlace(marked_only: bool, video: Option<&Video>) -> String {
    // Frames that do not say which field is first are taken for what the container says of all.
    let is_unmarked = |video: &&Video| !marked_only && video.scan.value().is_none();
    let parity = match video.filter(is_unmarked).and_then(|video| video.first_field) {
        Some(FirstField::Top) => ":parity=tff",
        Some(FirstField::Bottom) => ":parity=bff",
        None => "",
    };
    // One frame for both fields: the number of frames stays.
    format!("bwdif=mode=send_frame{parity}:deint={}", if marked_only { "interlaced" } else { "all" })
}

/// Scaling and borders; colours are converted only where they are not those of video.
fn size(actions: &[&Action], track: Option<&Track>) -> Vec<String> {
    let mut chain = Vec::new();
    let scale = actions.iter().find_map(|action| match action {
        Action::Scale { to } => Some(*to),
        _ => None,
    });
    let colours = conversion(track);
    match scale {
        Some(to) => chain.push(format!("scale={}:{}:flags=lanczos{colours},setsar=1", to.width, to.height)),
        None if !colours.is_empty() => chain.push(format!("scale=iw:ih{colours}")),
        None => {}
    }
    for action in actions {
        if let Action::Pad { to } = action {
            chain.push(format!("pad={}:{}:-1:-1", to.width, to.height));
        }
    }
    chain
}

/// The options of the scale filter by which samples are those of video, and in the range that they are tagged with.
pub(super) fn conversion(track: Option<&Track>) -> &'static str {
    let is_full = |track: &Track| track.video.as_deref().is_some_and(is_full_range);
    match track {
        Some(track) if is_rgb(track) => ":out_color_matrix=bt709:out_range=tv",
        Some(track) if is_full(track) => ":in_range=pc:out_range=pc",
        _ => "",
    }
}

/// Whether samples are red, green and blue, which have no matrix of their own.
pub(super) fn is_rgb(track: &Track) -> bool {
    let says = track.video.as_deref().is_some_and(|video| video.chroma_format.value() == Some(&ChromaFormat::Rgb));
    says || track.codec.value().is_some_and(|codec| RGB.contains(&&codec.fourcc.0))
}

/// Whether samples use the full range, and are tagged so.
pub(super) fn is_full_range(video: &Video) -> bool {
    video.colour.value().is_some_and(|colour| colour.full_range)
}

/// Codecs of QuickTime whose pictures are always RGB or a palette of it: PNG, Animation, none, Graphics, Video, Planar RGB,
/// TGA, BMP and Microsoft's run lengths.
const RGB: &[&[u8; 4]] =
    &[b"png ", b"rle ", b"raw ", b"smc ", b"rpza", b"8BPS", b"tga ", b"WRLE", b"BGRA", b"RGBA", b"ABGR"];

/// Linear light, the primaries of BT.709, and a curve that keeps what is bright apart.
const TONE_MAP: &str = "zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,tonemap=tonemap=hable:desat=0,\
                        zscale=transfer=bt709:matrix=bt709:range=limited";
