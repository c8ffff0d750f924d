//! How images and animations are read to be measured: by which demuxer, turned as they say, and in which colours.

use crate::facts::{Facts, Format, Orientation};

/// One of both files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Side {
    /// What reads it. Absent: what ffmpeg takes it for, which is right for films.
    pub(super) demuxer: Option<&'static str>,
    /// The filter that turns it as it is shown. Absent: ffmpeg does, or it is shown as it is stored.
    pub(super) turn: Option<&'static str>,
}

/// What both files are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Films.
    #[default]
    Films,
    /// An animated GIF, and what was made of it.
    Animations,
    /// Still images.
    Stills,
}

impl Side {
    /// How a file is read. `None`: ffmpeg 5.1 does not read it, or not its animation.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        let demuxer = match facts.format {
            Format::Mp4 | Format::QuickTime => return Some(Self::default()),
            Format::Gif => "gif",
            _ if facts.is_animated() => return None,
            Format::Jpeg => "jpeg_pipe",
            Format::Png => "png_pipe",
            Format::WebP => "webp_pipe",
            Format::Tiff => "tiff_pipe",
            _ => return None,
        };
        let image = facts.image.as_deref()?;
        // ffmpeg 5.1 inverts the inks of TIFF, and takes those of JPEG for other colours than viewers do.
        if image.colour.value().is_some_and(|colour| ["CMYK", "YCCK", "L*a*b*"].iter().any(|ink| colour.contains(ink)))
        {
            return None;
        }
        let orientation = image.orientation.value().copied();
        Some(Self { demuxer: Some(demuxer), turn: orientation.and_then(turn) })
    }

    /// The options in front of the input.
    pub(super) fn options(self) -> Vec<&'static str> {
        // Later versions turn some images by themselves.
        self.demuxer.map_or_else(Vec::new, |demuxer| vec!["-noautorotate", "-f", demuxer])
    }
}

impl Kind {
    /// What two files are. `None`: they are not of one kind, or cannot be measured.
    pub(super) fn of(source: &Facts, result: &Facts) -> Option<Self> {
        let moves = |facts: &Facts| facts.movie.is_some() || facts.is_animated_gif();
        Some(match (source.movie.is_some() && result.movie.is_some(), moves(source), moves(result)) {
            (true, _, _) => Self::Films,
            (_, true, true) => Self::Animations,
            (_, false, false) if source.image.is_some() && result.image.is_some() => Self::Stills,
            _ => return None,
        })
    }
}

/// The filter of an Exif orientation.
const fn turn(orientation: Orientation) -> Option<&'static str> {
    Some(match orientation.value() {
        2 => "hflip",
        3 => "hflip,vflip",
        4 => "vflip",
        5 => "transpose=cclock_flip",
        6 => "transpose=clock",
        7 => "transpose=clock_flip",
        8 => "transpose=cclock",
        _ => return None,
    })
}
