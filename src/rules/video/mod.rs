//! Rules of movies and their video track.

pub(crate) mod aspect_ratio;
pub(crate) mod aspect_ratio_recommended;
pub(crate) mod bit_depth;
pub(crate) mod chroma_not_420;
pub(crate) mod dimensions_too_large;
pub(crate) mod dimensions_too_small;
pub(crate) mod duration_too_long;
pub(crate) mod duration_too_short;
pub(crate) mod fragmented;
pub(crate) mod frame_rate_peak;
pub(crate) mod frame_rate_recommended;
pub(crate) mod frame_rate_too_high;
pub(crate) mod gop_too_long;
pub(crate) mod interlaced;
pub(crate) mod no_video_track;
pub(crate) mod open_gop;
pub(crate) mod pixel_aspect_ratio;
pub(crate) mod resolution_recommended;
pub(crate) mod sync_table_lies;
pub(crate) mod video_bitrate_recommended;
pub(crate) mod video_codec;
pub(crate) mod video_pixel_budget;
pub(crate) mod video_profile;

use std::fmt::{Display, Write};

use super::words::Words;
use crate::facts::{Evidence, Movie, PicturePlace, TrackKind};
use crate::units::WriteTo;

/// How far the clock of a file may be rounded: times of many containers are whole milliseconds.
const ROUNDING: crate::units::Duration = crate::units::Duration::from_millis(1);

/// Whether a movie has a track whose time counts. One without fails for that.
fn has_duration(movie: &Movie) -> bool {
    movie.tracks.iter().any(|track| matches!(track.kind, TrackKind::Video | TrackKind::Audio))
}

/// The place of a picture, as evidence.
fn picture(place: &PicturePlace) -> Evidence {
    Evidence::named(place.offset, sentence!["frame[", place.frame, "]"])
}

/// The place of a picture, in words.
fn where_is(place: &PicturePlace) -> impl Display + WriteTo {
    Words(|mut to: &mut dyn Write| {
        to.write_str("frame ")?;
        place.frame.write_to(&mut to)?;
        to.write_str(" at ")?;
        place.time.write_to(&mut to)
    })
}
