//! The track header: `tkhd` (ISO/IEC 14496-12:2022 8.3.2).

use super::mvhd::duration;
use super::table::full_box;
use crate::facts::Rotation;
use crate::input::{Cursor, CursorEnded};
use crate::units::Dimensions;

/// The header of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tkhd {
    /// Absolute offset of the flags.
    pub(crate) flags_at: u64,
    /// Whether the track is enabled.
    pub(crate) enabled: bool,
    /// Identifier of the track.
    pub(crate) track_id: u32,
    /// Absolute offset of the identifier.
    pub(crate) track_id_at: u64,
    /// Alternate group; 0 is none.
    pub(crate) alternate_group: u16,
    /// Absolute offset of the alternate group.
    pub(crate) alternate_group_at: u64,
    /// How the picture is turned, and where the matrix stands.
    pub(crate) turn: Turn,
    /// Absolute offset of the matrix.
    pub(crate) matrix_at: u64,
    /// Width and height in whole pixels, rounded to the nearest.
    pub(crate) dimensions: Dimensions,
    /// Absolute offset of the width.
    pub(crate) width_at: u64,
}

/// What a matrix does to the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Quarter turns and a mirror; the picture may be stretched and moved as well.
    Exact(Rotation),
    /// Nearly that: the nearest.
    Near(Rotation),
    /// The matrix is all zero, which players take for no turn.
    Zero,
    /// Neither: a turn near 45 degrees, or a picture without area.
    Oblique,
}

impl Tkhd {
    /// Reads the body of `tkhd`.
    pub(crate) fn read(mut body: Cursor<'_>) -> Result<Self, CursorEnded> {
        let flags_at = body.offset();
        let (version, flags) = full_box(&mut body, "tkhd.flags")?;
        body.skip(if version == 1 { 16 } else { 8 }, "tkhd.creation_time")?;
        let track_id_at = body.offset();
        let track_id = body.u32("tkhd.track_ID")?;
        body.skip(4, "tkhd.reserved")?;
        duration(&mut body, version, "tkhd.duration")?;
        body.skip(10, "tkhd.layer")?;
        let alternate_group_at = body.offset();
        let alternate_group = body.u16("tkhd.alternate_group")?;
        body.skip(4, "tkhd.volume")?;
        let matrix_at = body.offset();
        let mut matrix = [0; 9];
        for entry in &mut matrix {
            *entry = body.i32("tkhd.matrix")?;
        }
        let width_at = body.offset();
        let dimensions = Dimensions::new(whole(body.u32("tkhd.width")?), whole(body.u32("tkhd.height")?));
        Ok(Self {
            flags_at,
            enabled: flags & 1 == 1,
            track_id,
            track_id_at,
            alternate_group,
            alternate_group_at,
            turn: Turn::of(matrix),
            matrix_at,
            dimensions,
            width_at,
        })
    }
}

impl Turn {
    /// What `matrix` does: `a b u c d v x y w`, by which (p, q) becomes (ap + cq + x, bp + dq + y), q growing downwards.
    fn of(matrix: [i32; 9]) -> Self {
        let [a, b, _, c, d, _, ..] = matrix;
        let [a_size, b_size, c_size, d_size] = [a, b, c, d].map(i32::unsigned_abs);
        let straight = a_size.min(d_size);
        let crossed = b_size.min(c_size);
        if straight == crossed {
            return if a_size | b_size | c_size | d_size == 0 { Self::Zero } else { Self::Oblique };
        }
        let (exact, rotation) = if straight > crossed {
            let degrees = if d > 0 { 0 } else { 180 };
            (b | c == 0, Rotation { degrees, mirrored: (a > 0) != (d > 0) })
        } else {
            // A quarter turn clockwise takes down to left, so c is negative.
            let degrees = if c < 0 { 90 } else { 270 };
            (a | d == 0, Rotation { degrees, mirrored: (b > 0) == (c > 0) })
        };
        // Off by a rounding of a rotation in floating point is as good as exact.
        let largest_stray = if straight > crossed { b_size.max(c_size) } else { a_size.max(d_size) };
        if exact || largest_stray < 16 { Self::Exact(rotation) } else { Self::Near(rotation) }
    }
}

/// A 16.16 fixed-point number rounded to the nearest whole one.
const fn whole(fixed: u32) -> u32 {
    (fixed >> 16) + (fixed >> 15 & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i32 = 1 << 16;
    const W: i32 = 1 << 30;

    /// `tkhd` of version 0 as ffmpeg writes it: enabled, track 1, alternate group 2, 90 degrees, 320x240.
    fn body() -> Vec<u8> {
        let mut body =
            b"\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\x07\xd0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\0".to_vec();
        for entry in [0, ONE, 0, -ONE, 0, 0, 240 * ONE, 0, W] {
            body.extend(entry.to_be_bytes());
        }
        body.extend(b"\x01\x40\0\0\0\xf0\0\0");
        body
    }

    #[test]
    fn the_header_is_read() {
        let header = Tkhd::read(Cursor::new(&body(), 1000)).unwrap();
        assert_eq!((header.enabled, header.track_id, header.alternate_group), (true, 1, 2));
        assert_eq!(header.turn, Turn::Exact(Rotation { degrees: 90, mirrored: false }));
        assert_eq!((header.dimensions, header.matrix_at), (Dimensions::new(320, 240), 1040));
    }

    #[test]
    fn eight_orientations_are_told_apart() {
        // Columns: where right and where down go. Turned after a mirror left to right.
        let cases = [
            ((1, 0, 0, 1), 0, false),
            ((0, 1, -1, 0), 90, false),
            ((-1, 0, 0, -1), 180, false),
            ((0, -1, 1, 0), 270, false),
            ((-1, 0, 0, 1), 0, true),
            ((0, -1, -1, 0), 90, true),
            ((1, 0, 0, -1), 180, true),
            ((0, 1, 1, 0), 270, true),
        ];
        for ((a, b, c, d), degrees, mirrored) in cases {
            let turn = Turn::of([a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, W]);
            assert_eq!(turn, Turn::Exact(Rotation { degrees, mirrored }), "{a} {b} {c} {d}");
        }
    }

    #[test]
    fn stretches_turns_between_and_empty_matrices_are_told_apart() {
        let turn = |a, b, c, d| Turn::of([a, b, 0, c, d, 0, 0, 0, W]);
        let upright = Rotation::default();
        assert_eq!(turn(ONE * 4 / 3, 0, 0, ONE), Turn::Exact(upright));
        assert_eq!(turn(ONE, 3, -3, ONE), Turn::Exact(upright));
        assert_eq!(turn(ONE, ONE / 8, -ONE / 8, ONE), Turn::Near(upright));
        assert_eq!(turn(ONE, ONE, -ONE, ONE), Turn::Oblique);
        assert_eq!(turn(ONE, 0, 0, 0), Turn::Oblique);
        assert_eq!(turn(0, 0, 0, 0), Turn::Zero);
        assert_eq!(turn(i32::MIN, 0, 0, i32::MIN), Turn::Exact(Rotation { degrees: 180, mirrored: false }));
    }

    #[test]
    fn every_prefix_names_the_field_that_is_cut() {
        let body = body();
        for length in 0..body.len() {
            assert!(Tkhd::read(Cursor::new(&body[..length], 0)).unwrap_err().field.starts_with("tkhd."));
        }
        let mut version_1 = b"\x01\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        version_1.extend(&body[24..]);
        assert_eq!(Tkhd::read(Cursor::new(&version_1, 0)).unwrap().track_id, 9);
    }
}
