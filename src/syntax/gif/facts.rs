//! From the blocks of a GIF to facts.

use std::borrow::Cow;

use super::blocks::{End, Walk};
use crate::facts::{Animation, Anomaly, AnomalyKind, Evidence, Fact, Facts, Image};
use crate::input::Stop;
use crate::units::{Dimensions, Duration, WriteTo};

/// Fills the facts with what the walk met before it came to its `outcome`.
pub(super) fn lower(walk: &Walk<'_, '_>, outcome: &Result<End, Stop>, facts: &mut Facts) {
    facts.image = Some(Box::new(image(walk)));
    facts.animation = Some(Box::new(animation(walk, outcome, facts.size)));
    if let Some(offset) = walk.first_padding {
        facts.anomalies.push(Anomaly::new(
            AnomalyKind::Tolerated,
            Evidence::new(offset, "block introducer"),
            "zero bytes stand between blocks",
            "0x21, 0x2C or 0x3B",
            "0x00",
        ));
    }
    match outcome {
        Ok(End::Junk(introducer)) => facts.anomalies.push(Anomaly::new(
            AnomalyKind::Tolerated,
            Evidence::new(walk.end, "block introducer"),
            "a byte that begins no block stands behind the frames",
            "0x3B, the trailer",
            format!("{introducer:#04X}"),
        )),
        Err(Stop::EndOfFile { offset, field, expected, actual }) => {
            facts.anomalies.push(cut(walk, *offset, field, *expected, *actual));
        }
        _ => {}
    }
}

fn image(walk: &Walk<'_, '_>) -> Image {
    let screen = Evidence::new(SCREEN_OFFSET, "LSD.width");
    let dimensions = match (walk.screen, walk.canvas()) {
        (Some(screen_size), Some((width, height))) => {
            let at = match walk.first_frame {
                Some(frame) if screen_size.width == 0 || screen_size.height == 0 => {
                    Evidence::new(frame.offset + 5, "frame[0].width")
                }
                _ => screen.clone(),
            };
            Fact::known(Dimensions::new(u32::from(width), u32::from(height)), at)
        }
        (Some(_), None) => Fact::unknown("the logical screen is empty and no frame could be read"),
        (None, _) => Fact::unknown("the file ends before the logical screen"),
    };
    Image {
        dimensions,
        orientation: Fact::Absent,
        location: Fact::Absent,
        bit_depth: Fact::Absent,
        colour: match walk.screen {
            Some(_) => Fact::known("palette".into(), screen),
            None => Fact::unknown("the file ends before the logical screen"),
        },
        coding: Fact::Absent,
        ..Image::default()
    }
}

fn animation(walk: &Walk<'_, '_>, outcome: &Result<End, Stop>, size: u64) -> Animation {
    let last_frame = walk.last_frame.map(|frame| descriptor(frame.offset, walk.frames - 1));
    let whole = outcome.is_ok();
    let time = |hundredths| match &last_frame {
        Some(at) if whole => Duration::from_ticks(hundredths, CENTISECONDS)
            .map_or_else(|| Fact::unknown("the delays exceed 64 bits"), |sum| Fact::known(sum, at.clone())),
        _ => Fact::unknown("not all frames could be read"),
    };
    Animation {
        frames: match &last_frame {
            Some(at) => Fact::known(walk.frames, at.clone()),
            None => Fact::unknown("no frame could be read"),
        },
        loop_count: match walk.loop_count {
            // Readers show the frames once and then repeat them as often as the extension says.
            Some((repeats, offset)) => {
                let plays = if repeats == 0 { 0 } else { u32::from(repeats) + 1 };
                Fact::known(plays, Evidence::new(offset, "application extension.loop count"))
            }
            None if whole => Fact::Absent,
            None => Fact::unknown("not all blocks could be read"),
        },
        duration: time(walk.delay),
        shown: time(walk.shown),
        last_shown: time(walk.last_shown),
        times: match (&walk.times, &last_frame) {
            (Some(times), Some(at)) if whole => Fact::known(times.clone(), at.clone()),
            (Some(_), _) => Fact::unknown("not all frames could be read"),
            (None, _) => Fact::default(),
        },
        may_be_transparent: walk.may_be_transparent,
        trailer: match (walk.trailer, outcome) {
            (Some(offset), _) => Fact::known(true, Evidence::new(offset, "trailer")),
            (None, Ok(_)) => Fact::known(false, Evidence::new(walk.end, "trailer")),
            (None, Err(_)) => Fact::unknown("not all blocks could be read"),
        },
        frames_outside_canvas: walk.frames_outside,
        first_outside_canvas: walk.first_outside.map(|(number, _)| number),
        outside_canvas_at: walk.first_outside.map(|(number, frame)| descriptor(frame.offset, number)),
        bytes_after_trailer: walk.trailer.map_or(0, |trailer| size.saturating_sub(trailer + 1)),
        frames_after_trailer: walk.frames_after_trailer,
    }
}

/// The anomaly of a file that ends inside a block; blocks of frames are named with the frame's number.
fn cut(walk: &Walk<'_, '_>, offset: u64, field: &'static str, expected: u64, actual: u64) -> Anomaly {
    let frame = match field {
        "descriptor" => Some(walk.frames),
        "local colour table" | "LZW minimum code size" | "image data" => walk.frames.checked_sub(1),
        _ => None,
    };
    let path: Cow<'static, str> = frame.map_or(Cow::Borrowed(field), |frame| format!("frame[{frame}].{field}").into());
    Anomaly::new(
        AnomalyKind::Truncated,
        Evidence::named(offset, path.clone()),
        format!("the file ends inside {path}"),
        count(expected),
        count(actual),
    )
}

fn count(bytes: u64) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

fn descriptor(offset: u64, frame: u64) -> Evidence {
    let mut path = String::with_capacity(24);
    path.push_str("frame[");
    frame.push_to(&mut path);
    path.push(']');
    Evidence::within(offset, &path.into(), "descriptor")
}

/// The logical screen follows the header of six bytes.
const SCREEN_OFFSET: u64 = 6;
/// Delays are in hundredths of a second (GIF89a 23).
const CENTISECONDS: u32 = 100;
