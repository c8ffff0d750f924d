//! Numbers written as decimals, without the machinery of formatting.

use std::fmt::{self, Write};

use super::WriteTo;
use super::digits::{write_number, write_padded};

/// A quotient printed with a bounded number of digits after the point and no trailing zeros.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    numerator: u128,
    denominator: u128,
    places: u32,
}

impl Decimal {
    /// `numerator / denominator` with at most `places` digits after the point, rounded half up.
    pub const fn new(numerator: u128, denominator: u128, places: u32) -> Self {
        Self { numerator, denominator, places }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl WriteTo for Decimal {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        let places = self.places.min(MOST_PLACES);
        let scale = SCALES.get(places as usize).copied().unwrap_or(1);
        let fraction = if let Some((whole, fraction)) = self.in_64_bits(scale) {
            write_number(whole, to)?;
            fraction
        } else {
            let (whole, fraction) = self.in_128_bits(scale.into());
            write!(to, "{whole}")?;
            fraction
        };
        write_fraction(fraction, places, to)
    }
}

/// Writes the point and the digits after it, of which so many are given, without trailing zeros.
pub(super) fn write_fraction(mut fraction: u64, mut places: u32, to: &mut impl Write) -> fmt::Result {
    if fraction == 0 {
        return Ok(());
    }
    while fraction.is_multiple_of(10) {
        fraction /= 10;
        places -= 1;
    }
    to.write_str(".")?;
    write_padded(fraction, places, to)
}

impl Decimal {
    /// The whole part and the fraction times `scale`, rounded, where all fits in 64 bits: nearly always, and a division of
    /// twice as many costs as much as all the rest.
    fn in_64_bits(&self, scale: u64) -> Option<(u64, u64)> {
        let denominator = u64::try_from(self.denominator.max(1)).ok()?;
        let numerator = u64::try_from(self.numerator).ok()?;
        let (whole, rest) = divided(numerator, denominator);
        if rest == 0 {
            return Some((whole, 0));
        }
        let (fraction, _) = divided(rest.checked_mul(scale)?.checked_add(denominator / 2)?, denominator);
        if fraction >= scale { Some((whole.checked_add(1)?, 0)) } else { Some((whole, fraction)) }
    }

    fn in_128_bits(&self, scale: u128) -> (u128, u64) {
        let denominator = self.denominator.max(1);
        let whole = self.numerator / denominator;
        // The remainder is below 2^64 for all quantities of this module, so its product with the scale fits.
        let fraction =
            (self.numerator % denominator).saturating_mul(scale).saturating_add(denominator / 2) / denominator;
        if fraction >= scale { (whole + 1, 0) } else { (whole, u64::try_from(fraction).unwrap_or_default()) }
    }
}

/// Quotient and remainder: of 32 bits where that is enough, which takes a fraction of the time. Not by zero.
#[inline]
fn divided(numerator: u64, denominator: u64) -> (u64, u64) {
    if let (Ok(numerator), Ok(denominator)) = (u32::try_from(numerator), u32::try_from(denominator)) {
        return ((numerator / denominator).into(), (numerator % denominator).into());
    }
    (numerator / denominator, numerator % denominator)
}

/// Powers of ten, by their exponent.
const SCALES: [u64; MOST_PLACES as usize + 1] = {
    let mut scales = [1; MOST_PLACES as usize + 1];
    let mut places = 1;
    while places < scales.len() {
        scales[places] = 10 * scales[places - 1];
        places += 1;
    }
    scales
};
/// Digits after the point that are printed at most.
const MOST_PLACES: u32 = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_rounded_half_up_and_has_no_trailing_zeros() {
        let decimal = |numerator, denominator, places| Decimal::new(numerator, denominator, places).to_string();
        let cases = [
            (0, 1, 6, "0"),
            (1, 0, 2, "1"),
            (1, 3, 6, "0.333333"),
            (2, 3, 2, "0.67"),
            (1, 200, 2, "0.01"),
            (1, 201, 2, "0"),
            (999, 1000, 2, "1"),
            (10_005, 1000, 9, "10.005"),
            (1_230, 1, 3, "1230"),
            (u128::from(u64::MAX), 1, 18, "18446744073709551615"),
            (u128::from(u64::MAX), 7, 18, "2635249153387078802.142857142857142857"),
            (u128::MAX, 2, 3, "170141183460469231731687303715884105727.5"),
            (u128::MAX, u128::from(u64::MAX), 3, "18446744073709551617"),
        ];
        for (numerator, denominator, places, expected) in cases {
            assert_eq!(decimal(numerator, denominator, places), expected, "{numerator}/{denominator}");
            let mut text = String::new();
            Decimal::new(numerator, denominator, places).push_to(&mut text);
            assert_eq!(text, expected, "{numerator}/{denominator}");
        }
    }
}
