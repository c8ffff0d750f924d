//! The platform's table of recommended sizes and bit rates.

use crate::units::{BitRate, Dimensions};

/// One row of the table of renditions: a size, and the bit rates that the platform recommends for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Width and height in pixels, as displayed.
    pub dimensions: Dimensions,
    /// Recommended bit rate of the video, in bits per second.
    pub video: BitRate,
    /// Recommended bit rate of the audio, in bits per second.
    pub audio: BitRate,
}

impl Rendition {
    /// The row that is nearest to a displayed size: of the same orientation, and nearest in number of pixels.
    pub(crate) fn nearest(table: &[Self], displayed: Dimensions) -> Option<&Self> {
        let orientation = |size: Dimensions| size.width.cmp(&size.height);
        table
            .iter()
            .filter(|row| orientation(row.dimensions) == orientation(displayed))
            .min_by_key(|row| row.dimensions.pixels().abs_diff(displayed.pixels()))
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::Profile;
    use crate::units::Dimensions;

    #[test]
    fn the_nearest_row_has_the_same_orientation() {
        let pack = Profile::default();
        for (size, row) in [
            ((1280, 720), (1280, 720)),
            ((854, 480), (640, 360)),
            ((200, 400), (180, 320)),
            ((500, 500), (480, 480)),
            ((2, 1), (320, 180)),
        ] {
            let nearest = pack.nearest_rendition(Dimensions::new(size.0, size.1)).unwrap();
            assert_eq!(nearest.dimensions, Dimensions::new(row.0, row.1));
        }
    }
}
