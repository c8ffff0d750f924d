//! The groups of pictures of a video, one a line.

use std::io::{self, Write};

use crate::facts::{Fact, Facts, GopKind};
use crate::units::Bytes;

use super::style::{Style, styled, visible};

/// Writes the groups of pictures of the video track that is checked: first frame and its time, number of frames, bytes,
/// what begins it, and the types of its pictures in decoding order.
///
/// A type is a letter: `I` IDR, `i` another I, `P`, `B` a B that others refer to, `b` one that none does.
pub fn write_gops(output: &mut dyn Write, name: &str, facts: &Facts, style: &Style) -> io::Result<()> {
    writeln!(output, "{}", styled(style.strong, visible(name)))?;
    let Some(video) = facts.video_track().and_then(|track| track.video.as_deref()) else {
        return writeln!(output, "  there is no video track");
    };
    if video.gops.is_empty() {
        let why = match &video.open_gops {
            Fact::Unknown(why) => why.to_string(),
            Fact::Known { .. } | Fact::Absent => "no coded picture was looked at".to_owned(),
        };
        return writeln!(output, "  {}", styled(style.undecided, format_args!("unknown: {}", visible(&why))));
    }
    writeln!(output, "  {}", styled(style.faint, format_args!("{COLUMNS}  pictures")))?;
    for gop in &video.gops {
        let time = format!("{} s", gop.first.time.seconds().decimal(6));
        let bytes = Bytes(gop.bytes).to_string();
        let bytes = bytes.split(" (").next().unwrap_or_default();
        write!(output, "  {:>8}  {time:>13}  {:>6}  {bytes:>12}  ", gop.first.frame, gop.frames)?;
        let (kind, kind_style) = match gop.kind {
            GopKind::Idr => ("idr", style.faint),
            GopKind::Closed => ("closed", style.faint),
            GopKind::Open => ("open", style.error),
            GopKind::Start => ("start", style.faint),
        };
        writeln!(output, "{}  {}", styled(kind_style, format_args!("{kind:<6}")), gop.types)?;
    }
    Ok(())
}

const COLUMNS: &str = "   frame           time  frames         bytes  begins";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Format, Gop, Movie, PicturePlace, Track, TrackKind, Video};
    use crate::units::Duration;

    fn written(video: Option<Video>) -> String {
        let mut facts = Facts::new(1000, Format::Mp4);
        let mut movie = Movie::default();
        if let Some(video) = video {
            let mut track = Track::new(0, TrackKind::Video);
            track.video = Some(Box::new(video));
            movie.tracks.push(track);
        }
        facts.movie = Some(Box::new(movie));
        let mut output = Vec::new();
        write_gops(&mut output, "film.mp4", &facts, &Style::plain(100)).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn each_group_is_a_line() {
        let gop = |frame, kind, types: &str| Gop {
            first: PicturePlace { frame, time: Duration::from_ticks(frame, 30).unwrap(), offset: 48 },
            kind,
            frames: types.len() as u64,
            bytes: 1536,
            types: types.to_owned(),
        };
        let gops = vec![gop(0, GopKind::Idr, "IPbb"), gop(4, GopKind::Open, "ibbP")];
        let expected = "film.mp4\n\
            \x20    frame           time  frames         bytes  begins  pictures\n\
            \x20        0            0 s       4       1.5 KiB  idr     IPbb\n\
            \x20        4     0.133333 s       4       1.5 KiB  open    ibbP\n";
        assert_eq!(written(Some(Video { gops, ..Video::default() })), expected);
    }

    #[test]
    fn what_is_not_known_is_said() {
        let video = Video { open_gops: Fact::unknown("the samples are encrypted"), ..Video::default() };
        assert_eq!(written(Some(video)), "film.mp4\n  unknown: the samples are encrypted\n");
        assert_eq!(written(None), "film.mp4\n  there is no video track\n");
    }
}
