//! Scale factor window bands (ISO/IEC 14496-3:2019 4.5.4, tables 4.129 to 4.147).

/// Where the bands of a window end, for one sampling frequency.
#[derive(Debug)]
pub(super) struct Bands {
    /// For a long window of 1024; one of 960 has the same bands, cut at its end.
    long: &'static [u16],
    /// For a short window of 128; one of 120 has the same bands, cut at its end.
    short: &'static [u16],
}

impl Bands {
    /// The bands for a sampling frequency; one that is not listed has those of the nearest (4.5.1.1, table 4.82).
    pub(super) const fn of(sampling_frequency: u32) -> Self {
        let (long, short): (&[u16], &[u16]) = match sampling_frequency {
            75_132.. => (&LONG_96, &SHORT_96),
            55_426.. => (&LONG_64, &SHORT_96),
            37_566.. => (&LONG_48, &SHORT_48),
            27_713.. => (&LONG_32, &SHORT_48),
            18_783.. => (&LONG_24, &SHORT_24),
            9_391.. => (&LONG_16, &SHORT_16),
            _ => (&LONG_8, &SHORT_8),
        };
        Self { long, short }
    }

    /// The ends of the bands of one window.
    pub(super) fn ends(&self, short_window: bool, short_frames: bool) -> impl Iterator<Item = u16> + use<> {
        let (ends, length) = match (short_window, short_frames) {
            (false, false) => (self.long, 1024),
            (false, true) => (self.long, 960),
            (true, false) => (self.short, 128),
            (true, true) => (self.short, 120),
        };
        let mut before = 0;
        ends.iter().map_while(move |&end| {
            let begin = before;
            before = end;
            (begin < length).then_some(if end < length { end } else { length })
        })
    }
}

const LONG_96: [u16; 41] = [
    4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 156, 172, 188, 212,
    240, 276, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024,
];
const LONG_64: [u16; 47] = [
    4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 100, 112, 124, 140, 156, 172, 192, 216, 240,
    268, 304, 344, 384, 424, 464, 504, 544, 584, 624, 664, 704, 744, 784, 824, 864, 904, 944, 984, 1024,
];
const LONG_48: [u16; 49] = [
    4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196, 216, 240, 264,
    292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832, 864, 896, 928, 1024,
];
const LONG_32: [u16; 51] = [
    4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196, 216, 240, 264,
    292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832, 864, 896, 928, 960, 992,
    1024,
];
const LONG_24: [u16; 47] = [
    4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136, 148, 160, 172, 188, 204,
    220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652, 704, 768, 832, 896, 960, 1024,
];
const LONG_16: [u16; 43] = [
    8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212, 228, 244, 260, 280,
    300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832, 896, 960, 1024,
];
const LONG_8: [u16; 40] = [
    12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268, 288, 308, 328, 348,
    372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944, 1024,
];
const SHORT_96: [u16; 12] = [4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92, 128];
const SHORT_48: [u16; 14] = [4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];
const SHORT_24: [u16; 15] = [4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108, 128];
const SHORT_16: [u16; 15] = [4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108, 128];
const SHORT_8: [u16; 15] = [4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108, 128];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_grows_to_the_end_of_the_window() {
        for frequency in super::super::config::SAMPLING_FREQUENCIES {
            for (short_window, short_frames, length) in
                [(false, false, 1024), (false, true, 960), (true, false, 128), (true, true, 120)]
            {
                let ends: Vec<_> = Bands::of(frequency).ends(short_window, short_frames).collect();
                assert!(ends.is_sorted_by(|a, b| a < b), "{frequency}");
                assert!(ends.iter().all(|end| end % 4 == 0), "{frequency}");
                assert_eq!(ends.last(), Some(&length), "{frequency}");
            }
        }
    }

    #[test]
    fn the_number_of_bands_is_that_of_the_standard() {
        let count =
            |frequency, short_window, short_frames| Bands::of(frequency).ends(short_window, short_frames).count();
        let long: Vec<_> = [96_000, 64_000, 48_000, 32_000, 24_000, 16_000, 8_000]
            .map(|frequency| (count(frequency, false, false), count(frequency, false, true)))
            .to_vec();
        assert_eq!(long, [(41, 40), (47, 46), (49, 49), (51, 49), (47, 46), (43, 42), (40, 40)]);
        let short = [96_000, 48_000, 24_000, 16_000, 8_000].map(|frequency| count(frequency, true, false));
        assert_eq!(short, [12, 14, 15, 15, 15]);
    }

    #[test]
    fn an_unlisted_frequency_has_the_nearest_bands() {
        let first = |frequency| Bands::of(frequency).long.get(10).copied();
        assert_eq!(first(44_000), first(44_100));
        assert_eq!(first(1), first(8_000));
        assert_eq!(first(u32::MAX), first(96_000));
    }
}
