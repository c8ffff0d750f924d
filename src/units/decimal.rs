//! Numbers written as decimals, without the machinery of formatting.

use std::fmt;

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
        let (whole, mut digits) = self.fraction();
        match u64::try_from(whole) {
            Ok(whole) => digits.put_number(whole),
            Err(_) => write!(f, "{whole}")?,
        }
        f.write_str(digits.as_str())
    }
}

impl Decimal {
    /// Writes the same as [`fmt::Display`], at less cost.
    #[cfg(any(test, feature = "report"))]
    pub(crate) fn write_to(&self, text: &mut String) {
        let (whole, mut digits) = self.fraction();
        match u64::try_from(whole) {
            Ok(whole) => digits.put_number(whole),
            Err(_) => text.push_str(&whole.to_string()),
        }
        digits.write_to(text);
    }

    /// The whole part, and the point and the digits after it.
    fn fraction(&self) -> (u128, Digits) {
        let places = self.places.min(MOST_PLACES);
        let (whole, fraction) = match self.in_64_bits(10_u64.pow(places)) {
            Some((whole, fraction)) => (u128::from(whole), fraction),
            None => self.in_128_bits(10_u128.pow(places)),
        };
        let mut digits = Digits::default();
        if fraction == 0 {
            return (whole, digits);
        }
        let mut left = fraction;
        let mut is_trailing = true;
        for _ in 0..places {
            is_trailing &= left % 10 == 0;
            if !is_trailing {
                digits.put(b'0' + (left % 10) as u8);
            }
            left /= 10;
        }
        digits.put(b'.');
        (whole, digits)
    }

    /// The whole part and the fraction times `scale`, rounded, where all fits in 64 bits: nearly always, and a division of
    /// twice as many costs as much as all the rest.
    fn in_64_bits(&self, scale: u64) -> Option<(u64, u64)> {
        let denominator = u64::try_from(self.denominator.max(1)).ok()?;
        let numerator = u64::try_from(self.numerator).ok()?;
        let (whole, rest) = (numerator / denominator, numerator % denominator);
        let fraction = rest.checked_mul(scale)?.checked_add(denominator / 2)? / denominator;
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

/// Numbers and what stands between them, written from the last character to the first: the machinery of formatting costs more than
/// the digits.
#[derive(Debug)]
pub(crate) struct Digits {
    characters: [u8; LONGEST],
    start: usize,
}

impl Default for Digits {
    fn default() -> Self {
        Self { characters: [0; LONGEST], start: LONGEST }
    }
}

impl Digits {
    /// The digits of a number.
    pub(crate) fn of(number: u64) -> Self {
        let mut digits = Self::default();
        digits.put_number(number);
        digits
    }

    /// Writes what was written to a text.
    pub(crate) fn write_to(&self, text: &mut String) {
        text.push_str(self.as_str());
    }

    /// What was written.
    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(self.characters.get(self.start..).unwrap_or_default()).unwrap_or_default()
    }

    /// Writes an ASCII character before the others.
    pub(crate) fn put(&mut self, character: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.characters.get_mut(self.start) {
            *place = character;
        }
    }

    /// Writes the digits of a number before what was written.
    pub(crate) fn put_number(&mut self, mut number: u64) {
        loop {
            self.put(b'0' + (number % 10) as u8);
            number /= 10;
            if number == 0 {
                break;
            }
        }
    }

    /// The same in hexadecimal.
    #[cfg(any(test, feature = "report"))]
    pub(crate) fn put_hexadecimal(&mut self, mut number: u64) {
        loop {
            let digit = (number % 16) as u8;
            self.put(if digit < 10 { b'0' + digit } else { b'a' + (digit - 10) });
            number /= 16;
            if number == 0 {
                break;
            }
        }
    }
}

/// Digits after the point that are printed at most.
const MOST_PLACES: u32 = 18;
/// Characters of two numbers of 64 bits with one between them: no decimal has more, and no offset that is written both ways.
const LONGEST: usize = 20 + 1 + 20;

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
            Decimal::new(numerator, denominator, places).write_to(&mut text);
            assert_eq!(text, expected, "{numerator}/{denominator}");
        }
    }
}
