//! Exact quantities: bytes, ratios, durations and bit rates, as integers and ratios of integers.
//!
//! Floats appear only when a quantity is printed. Comparisons are cross-multiplied in 128 bits.

mod decimal;
mod digits;
mod write_to;

use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use decimal::Decimal;
use decimal::write_fraction;
#[cfg(feature = "report")]
pub(crate) use digits::write_hexadecimal;
use digits::write_number;
pub(crate) use write_to::WriteTo;

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bytes(pub u64);

impl Bytes {
    /// One kibibyte, 2^10 bytes.
    pub const KIB: u64 = 1 << 10;
    /// One mebibyte, 2^20 bytes: what the platform's documents call MB.
    pub const MIB: u64 = 1 << 20;
    /// One gibibyte, 2^30 bytes: what the platform's documents call GB.
    pub const GIB: u64 = 1 << 30;
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            n if n >= Self::GIB => (Self::GIB, "GiB"),
            n if n >= Self::MIB => (Self::MIB, "MiB"),
            n if n >= Self::KIB => (Self::KIB, "KiB"),
            1 => return f.write_str("1 byte"),
            n => {
                n.write_to(f)?;
                return f.write_str(" bytes");
            }
        };
        Decimal::new(u128::from(self.0), u128::from(unit), 2).write_to(f)?;
        [" ", name, " ("].into_iter().try_for_each(|piece| f.write_str(piece))?;
        self.0.write_to(f)?;
        f.write_str(" bytes)")
    }
}

/// A ratio of two unsigned integers, kept in lowest terms; the denominator is never zero.
///
/// Written as `60000/1001`, or as `60` where the denominator is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// The ratio in lowest terms, or `None` where the denominator is zero.
    #[expect(clippy::cast_possible_truncation, reason = "a divisor of two 64-bit numbers has at most 64 bits")]
    pub const fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        // Most terms fit in 32 bits, in which a division needs no look at their sizes.
        if numerator <= u32::MAX as u64 && denominator <= u32::MAX as u64 {
            let (mut divisor, mut rest) = (denominator as u32, numerator as u32 % denominator as u32);
            while rest != 0 {
                (divisor, rest) = (rest, divisor % rest);
            }
            let (numerator, denominator) = (numerator as u32 / divisor, denominator as u32 / divisor);
            return Some(Self { numerator: numerator as u64, denominator: denominator as u64 });
        }
        let divisor = greatest_common_divisor(numerator as u128, denominator as u128) as u64;
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// The ratio in lowest terms, or `None` where the denominator is zero or a reduced term is above 64 bits.
    pub fn from_u128(numerator: u128, denominator: u128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        // Most terms fit in 64 bits, where a division is one instruction.
        if let (Ok(numerator), Ok(denominator)) = (u64::try_from(numerator), u64::try_from(denominator)) {
            return Self::new(numerator, denominator);
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Some(Self {
            numerator: u64::try_from(numerator / divisor).ok()?,
            denominator: u64::try_from(denominator / divisor).ok()?,
        })
    }

    /// A whole number as a ratio.
    pub const fn whole(number: u64) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    /// The numerator in lowest terms.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// The denominator in lowest terms, never zero.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// The ratio turned over, or `None` where it is zero.
    pub const fn inverted(self) -> Option<Self> {
        // Turned over it is in lowest terms as well.
        if self.numerator == 0 {
            return None;
        }
        Some(Self { numerator: self.denominator, denominator: self.numerator })
    }

    /// The product, or `None` where a reduced term is above 64 bits.
    pub fn times(self, other: Self) -> Option<Self> {
        if other == Self::whole(1) {
            return Some(self);
        }
        Self::from_u128(
            u128::from(self.numerator) * u128::from(other.numerator),
            u128::from(self.denominator) * u128::from(other.denominator),
        )
    }

    /// The sum, or `None` where a reduced term is above 64 bits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        let right = u128::from(other.numerator) * u128::from(self.denominator);
        let denominator = u128::from(self.denominator) * u128::from(other.denominator);
        Self::from_u128(left.checked_add(right)?, denominator)
    }

    /// The ratio as a decimal with at most `places` digits after the point, rounded half up, for printing only.
    pub fn decimal(self, places: u32) -> Decimal {
        Decimal::new(u128::from(self.numerator), u128::from(self.denominator), places)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "narrowed only where both numbers have at most 64 bits")]
const fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    // Most ratios fit in 64 bits, where the remainder is one instruction.
    while b != 0 {
        if a <= u64::MAX as u128 && b <= u64::MAX as u128 {
            let (mut x, mut y) = (a as u64, b as u64);
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return if x == 0 { 1 } else { x as u128 };
        }
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        let right = u128::from(other.numerator) * u128::from(self.denominator);
        left.cmp(&right)
    }
}

impl WriteTo for Ratio {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        self.numerator.write_to(to)?;
        if self.denominator == 1 {
            return Ok(());
        }
        to.write_str("/")?;
        self.denominator.write_to(to)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Why a text is not a [`Ratio`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number or a ratio such as 60000/1001, found {0:?}")]
pub struct RatioSyntax(pub String);

impl FromStr for Ratio {
    type Err = RatioSyntax;

    /// Reads `60`, `60000/1001` or a decimal such as `0.5`, exactly.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || RatioSyntax(text.to_owned());
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((numerator, denominator)) = text.split_once('/') {
            if !digits(numerator) || !digits(denominator) {
                return Err(error());
            }
            let numerator = numerator.parse().map_err(|_| error())?;
            let denominator = denominator.parse().map_err(|_| error())?;
            return Self::new(numerator, denominator).ok_or_else(error);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if !digits(whole) || !digits(fraction) {
            return Err(error());
        }
        let places = u32::try_from(fraction.len()).map_err(|_| error())?;
        let scale = 10_u64.checked_pow(places).ok_or_else(error)?;
        let whole: u64 = whole.parse().map_err(|_| error())?;
        let fraction: u64 = fraction.parse().map_err(|_| error())?;
        let numerator = whole.checked_mul(scale).and_then(|n| n.checked_add(fraction)).ok_or_else(error)?;
        Self::new(numerator, scale).ok_or_else(error)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Ratio {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ratio".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(/[1-9][0-9]*)?$",
            "description": "A whole number or a ratio in lowest terms, such as 60000/1001."
        })
    }
}

/// A duration as an exact ratio of seconds, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Duration(pub Ratio);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(Ratio::whole(0));

    /// `ticks` of a clock that runs at `timescale` ticks a second, or `None` where `timescale` is zero.
    pub const fn from_ticks(ticks: u64, timescale: u32) -> Option<Self> {
        match Ratio::new(ticks, timescale as u64) {
            Some(ratio) => Some(Self(ratio)),
            None => None,
        }
    }

    /// `milliseconds` as a duration.
    pub const fn from_millis(milliseconds: u64) -> Self {
        match Ratio::new(milliseconds, 1000) {
            Some(ratio) => Self(ratio),
            None => Self::ZERO,
        }
    }

    /// The seconds, exactly.
    pub const fn seconds(self) -> Ratio {
        self.0
    }
}

impl WriteTo for Duration {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        self.0.decimal(6).write_to(to)?;
        to.write_str(" s")?;
        if 1_000_000 % self.0.denominator() == 0 {
            return Ok(());
        }
        to.write_str(" (")?;
        self.0.write_to(to)?;
        to.write_str(" s)")
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// A bit rate in bits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BitRate(pub u64);

impl BitRate {
    /// `bytes` in `duration`, rounded down to whole bits per second; `None` where the duration is zero.
    pub fn of(bytes: u64, duration: Duration) -> Option<Self> {
        let seconds = duration.seconds();
        let bits = u128::from(bytes) * 8 * u128::from(seconds.denominator());
        let rate = bits.checked_div(u128::from(seconds.numerator()))?;
        u64::try_from(rate).ok().map(Self)
    }
}

impl WriteTo for BitRate {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        write_number(self.0 / 1000, to)?;
        write_fraction(self.0 % 1000, 3, to)?;
        to.write_str(" kbps")
    }
}

impl fmt::Display for BitRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Width and height in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dimensions {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Dimensions {
    /// A width and a height in pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Width and height exchanged.
    #[must_use]
    pub const fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// The longer of both edges.
    pub const fn long_edge(self) -> u32 {
        if self.width > self.height { self.width } else { self.height }
    }

    /// The shorter of both edges.
    pub const fn short_edge(self) -> u32 {
        if self.width > self.height { self.height } else { self.width }
    }

    /// Width times height.
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

impl WriteTo for Dimensions {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        self.width.write_to(to)?;
        to.write_str("x")?;
        self.height.write_to(to)
    }
}

impl fmt::Display for Dimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_ratio_is_kept_in_lowest_terms() {
        assert_eq!(Ratio::new(120_000, 2002), Ratio::new(60_000, 1001));
        assert_eq!(Ratio::new(0, 7), Some(Ratio::whole(0)));
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::from_u128(u128::MAX, 1), None);
    }

    proptest! {
        #[test]
        fn a_ratio_of_small_terms_is_that_of_large_ones(a in any::<u32>(), b in 1..u32::MAX, c in 0..30_u64, d in 1..30_u64) {
            for (numerator, denominator) in [(a.into(), b.into()), (c, d), (c * 12_800, d * 512)] {
                // The same ratio, of terms that do not fit in 32 bits.
                let large = Ratio::new(numerator << 32, denominator << 32);
                prop_assert_eq!(Ratio::new(numerator, denominator), large);
            }
        }
    }

    #[test]
    fn ratios_compare_without_rounding() {
        let ntsc = Ratio::new(60_000, 1001).unwrap();
        let above = Ratio::new(6001, 100).unwrap();
        assert!(ntsc < Ratio::whole(60));
        assert!(above > Ratio::whole(60));
        assert!(Ratio::new(u64::MAX, u64::MAX - 1).unwrap() > Ratio::whole(1));
    }

    #[test]
    fn a_ratio_reads_what_it_writes() {
        for text in ["60", "60000/1001", "0"] {
            assert_eq!(text.parse::<Ratio>().unwrap().to_string(), text);
        }
        assert_eq!("0.5".parse::<Ratio>().unwrap(), Ratio::new(1, 2).unwrap());
        for text in ["", "1/0", "-1", "1.", ".5", "1/2/3", "+1", "1e3"] {
            assert!(text.parse::<Ratio>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn quantities_print_with_their_unit() {
        assert_eq!(Bytes(5_242_881).to_string(), "5 MiB (5242881 bytes)");
        assert_eq!(Bytes(999).to_string(), "999 bytes");
        assert_eq!(Duration::from_ticks(140_020, 1000).unwrap().to_string(), "140.02 s");
        assert_eq!(Duration::from_ticks(1001, 30_000).unwrap().to_string(), "0.033367 s (1001/30000 s)");
        assert_eq!(BitRate(2_048_500).to_string(), "2048.5 kbps");
        assert_eq!(Decimal::new(1_999_999, 1_000_000, 2).to_string(), "2");
    }

    #[test]
    fn quantities_are_made_of_numbers_as_the_formatter_writes_them() {
        for number in [0, 9, 10, 1280, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(Ratio::whole(number).to_string(), format!("{number}"));
        }
        let longest = Ratio::new(u64::MAX, u64::MAX - 1).unwrap();
        assert_eq!(longest.to_string(), format!("{}/{}", u64::MAX, u64::MAX - 1));
        let dimensions = Dimensions::new(u32::MAX, 0);
        assert_eq!(dimensions.to_string(), format!("{}x0", u32::MAX));
    }

    #[test]
    fn a_bit_rate_is_bits_over_exact_seconds() {
        let second = Duration::from_ticks(1001, 1001).unwrap();
        assert_eq!(BitRate::of(16_000, second), Some(BitRate(128_000)));
        assert_eq!(BitRate::of(1, Duration::ZERO), None);
    }
}
