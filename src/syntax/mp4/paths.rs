//! The paths of a movie's boxes in which facts have their places.

use crate::facts::{Container, FixedPath, FourCc};

/// The movie.
pub(super) const MOOV: Container = Container::fixed(&FixedPath { path: "moov", inside: &[] });

/// The track at `index`, counted from 0.
pub(super) fn trak(index: usize) -> Container {
    match TRAKS.get(index) {
        Some(path) => Container::fixed(path),
        None => format!("moov.trak[{index}]").into(),
    }
}

/// A sample entry of the type `kind` in a track.
pub(super) fn sample_entry(trak: &Container, kind: FourCc) -> Container {
    match &kind.0 {
        b"avc1" => trak.inside(AVC1),
        b"mp4a" => trak.inside(MP4A),
        _ => trak.inside(&format!("mdia.minf.stbl.stsd.{kind}")),
    }
}

const AVC1: &str = "mdia.minf.stbl.stsd.avc1";
const MP4A: &str = "mdia.minf.stbl.stsd.mp4a";

/// The path of a track that stands in the program, and of what it holds.
macro_rules! fixed {
    ($trak:literal) => {
        FixedPath {
            path: $trak,
            inside: &[
                (
                    AVC1,
                    FixedPath {
                        path: concat!($trak, ".mdia.minf.stbl.stsd.avc1"),
                        inside: &[(
                            "avcC",
                            FixedPath { path: concat!($trak, ".mdia.minf.stbl.stsd.avc1.avcC"), inside: &[] },
                        )],
                    },
                ),
                (MP4A, FixedPath { path: concat!($trak, ".mdia.minf.stbl.stsd.mp4a"), inside: &[] }),
            ],
        }
    };
}

/// Tracks with the sample entries that most of them have.
static TRAKS: [FixedPath; 4] =
    [fixed!("moov.trak[0]"), fixed!("moov.trak[1]"), fixed!("moov.trak[2]"), fixed!("moov.trak[3]")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_paths_are_those_that_would_be_made() {
        for index in 0..6 {
            let trak = trak(index);
            assert_eq!(trak.as_str(), format!("moov.trak[{index}]"));
            for kind in [b"avc1", b"mp4a", b"hvc1"] {
                let entry = sample_entry(&trak, FourCc(*kind));
                assert_eq!(entry.as_str(), format!("moov.trak[{index}].mdia.minf.stbl.stsd.{}", FourCc(*kind)));
                assert_eq!(entry.inside("avcC").as_str(), format!("{entry}.avcC"));
            }
        }
    }
}
