//! Bit rates: what fits, and how many bits a picture is worth.

use super::RateControl;
use crate::units::{BitRate, Dimensions, Duration, Ratio};

/// What decides how many bits a video gets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Size of the result.
    pub(super) size: Dimensions,
    /// Frames a second of the result. Absent: not known.
    pub(super) rate: Option<Ratio>,
    /// How long it lasts. Absent: not known.
    pub(super) duration: Option<Duration>,
    /// Bytes that are allowed. Absent: as many as there are.
    pub(super) cap: Option<u64>,
    /// Bits a second of all sound.
    pub(super) sound: u64,
    /// Bit rate of the video as it is. Absent: not known.
    pub(super) source: Option<BitRate>,
}

impl Wanted {
    /// Constant quality where it surely fits, and else an average that fills what is allowed. `None`: not even a bad picture fits.
    pub(super) fn control(&self) -> Option<RateControl> {
        let generous = BitRate(self.generous());
        let bounded = self.fitting(BURST).unwrap_or(generous).min(generous);
        // A film that is far smaller as it is will not grow much.
        let is_modest = self.source.is_some_and(|source| source.0.saturating_mul(2) < bounded.0);
        if bounded >= generous || is_modest && bounded >= LEAST {
            return Some(RateControl::Quality { crf: CRF, most: bounded });
        }
        let average = self.fitting(Duration::ZERO)?.min(generous);
        (average >= LEAST).then_some(RateControl::Size { average })
    }

    /// The bit rate that fills the bytes which are allowed, with a decoder's buffer of `burst` filled in advance. `None`: there
    /// is no bound, or it is not known.
    fn fitting(&self, burst: Duration) -> Option<BitRate> {
        let cap = self.cap?;
        let bytes = (cap - cap / CONTAINER - cap / MARGIN).saturating_sub(HEADERS);
        let seconds = self.duration?.seconds().plus(burst.seconds())?;
        let all = BitRate::of(bytes, Duration(seconds))?;
        Some(BitRate(all.0.saturating_sub(self.sound)))
    }

    /// More than a picture of that size needs: half a bit for each pixel.
    fn generous(&self) -> u64 {
        let rate = self.rate.unwrap_or(Ratio::whole(60));
        let pixels = u128::from(self.size.pixels()) * u128::from(rate.numerator()) / u128::from(rate.denominator());
        u64::try_from(pixels / 2).unwrap_or(u64::MAX).clamp(2_000_000, MOST)
    }
}

/// What a film of that length with so many bits a second of sound weighs at most.
pub(super) fn bytes(control: RateControl, duration: Duration, sound: u64) -> Option<u64> {
    let (rate, burst) = match control {
        RateControl::Quality { most, .. } => (most.0, most.0 / 8),
        RateControl::Size { average } => (average.0, 0),
    };
    let seconds = duration.seconds();
    let bits = u128::from(rate.checked_add(sound)?) * u128::from(seconds.numerator());
    let bytes = u64::try_from(bits / (8 * u128::from(seconds.denominator()))).ok()?.checked_add(burst)?;
    bytes.checked_add(bytes / CONTAINER)?.checked_add(HEADERS)
}

/// Visually lossless for x264, by its authors' advice.
const CRF: u8 = 18;
/// Bits a second beyond which nobody sees a difference at the sizes that platforms take.
const MOST: u64 = 25_000_000;
/// Bits a second below which a film is not worth looking at.
const LEAST: BitRate = BitRate(100_000);
/// What a decoder's buffer holds, which may be filled in front of the first second: as long as `-bufsize` is `-maxrate`.
const BURST: Duration = Duration(Ratio::whole(1));
/// A container adds at most one byte to so many.
const CONTAINER: u64 = 100;
/// Encoders miss an average by at most one byte in so many.
const MARGIN: u64 = 33;
/// Bytes of the headers of any movie.
const HEADERS: u64 = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(cap: Option<u64>, seconds: u64) -> Wanted {
        Wanted {
            size: Dimensions::new(1280, 720),
            rate: Some(Ratio::whole(30)),
            duration: Some(Duration(Ratio::whole(seconds))),
            cap,
            sound: 160_000,
            source: None,
        }
    }

    #[test]
    fn quality_decides_where_all_fits_and_the_size_where_it_does_not() {
        let short = wanted(Some(512 << 20), 140);
        assert_eq!(short.control(), Some(RateControl::Quality { crf: 18, most: BitRate(13_824_000) }));
        let long = wanted(Some(100 << 20), 180);
        let Some(control @ RateControl::Size { average }) = long.control() else { panic!("{:?}", long.control()) };
        assert!(average > BitRate(4_000_000) && average < BitRate(4_660_000), "{average}");
        assert!(bytes(control, long.duration.unwrap(), long.sound).unwrap() <= 100 << 20);
        assert_eq!(wanted(Some(1 << 20), 180).control(), None);
        assert!(matches!(wanted(None, 9999).control(), Some(RateControl::Quality { .. })));
    }

    #[test]
    fn what_fits_is_within_the_cap() {
        for cap in [1 << 20, 5 << 20, 15 << 20, 99 << 20, 512 << 20_u64] {
            for seconds in [1, 10, 60, 140, 600, 14_400] {
                let wanted = wanted(Some(cap), seconds);
                if let Some(control) = wanted.control() {
                    assert!(
                        bytes(control, wanted.duration.unwrap(), wanted.sound).unwrap() <= cap,
                        "{cap} {seconds} {control:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_small_source_is_not_blown_up() {
        let mut modest = wanted(Some(100 << 20), 180);
        modest.source = Some(BitRate(500_000));
        assert!(matches!(modest.control(), Some(RateControl::Quality { .. })));
    }
}
