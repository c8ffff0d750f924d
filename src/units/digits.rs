//! Digits of whole numbers, taken from a table several at a time.

use std::fmt::{self, Write};

/// Writes a number.
pub(super) fn write_number(number: u64, to: &mut impl Write) -> fmt::Result {
    if number >= GROUP {
        write_number(number / GROUP, to)?;
        return write_group(number, to);
    }
    write_few(number, 1 + u32::from(number >= 10) + u32::from(number >= 100), to)
}

/// Writes a number in so many digits, with zeros before it. Digits that are too many for that are left out.
pub(super) fn write_padded(number: u64, digits: u32, to: &mut impl Write) -> fmt::Result {
    if digits > GROUP_DIGITS {
        write_padded(number / GROUP, digits - GROUP_DIGITS, to)?;
        return write_group(number, to);
    }
    write_few(number, digits, to)
}

/// Writes as many of the last digits of a number as the table has: always as many, so that they are copied in a step or two.
#[inline]
fn write_group(number: u64, to: &mut impl Write) -> fmt::Result {
    let start = (number % GROUP) as usize * GROUP_DIGITS as usize;
    DECIMAL.get(start..start + GROUP_DIGITS as usize).map_or(Ok(()), |group| to.write_str(group))
}

/// Writes so many of the last digits of a number, as many as the table has or fewer.
#[inline]
fn write_few(number: u64, digits: u32, to: &mut impl Write) -> fmt::Result {
    if digits >= GROUP_DIGITS {
        return write_group(number, to);
    }
    if digits > 1 {
        to.write_char(digit(number / 10))?;
    }
    if digits > 0 { to.write_char(digit(number)) } else { Ok(()) }
}

/// The last digit of a number.
#[inline]
fn digit(number: u64) -> char {
    // That it is ASCII is seen here, so that it is put down as one byte.
    char::from(b'0' | (number % 10) as u8)
}

/// Writes a number in hexadecimal.
#[cfg(any(test, feature = "report"))]
pub(crate) fn write_hexadecimal(number: u64, to: &mut impl Write) -> fmt::Result {
    let digits = (u64::BITS - (number | 1).leading_zeros()).div_ceil(4);
    (0..digits).rev().try_for_each(|place| to.write_char(hexadecimal_digit(number >> (4 * place))))
}

/// The last digit of a number in hexadecimal.
#[cfg(any(test, feature = "report"))]
#[inline]
const fn hexadecimal_digit(number: u64) -> char {
    match (number & 0xf) as u8 {
        digit @ 0..=9 => (b'0' + digit) as char,
        letter => (b'a' + letter - 10) as char,
    }
}

/// The numbers below this one have their digits in the table, as many for each.
const GROUP: u64 = 1000;
const GROUP_DIGITS: u32 = 3;
const DECIMAL_LENGTH: usize = 3000;

/// The numbers from 000 to 999, one after the other.
static DECIMAL: &str = text(&table());

const fn table() -> [u8; DECIMAL_LENGTH] {
    let digits = b"0123456789";
    let mut table = [0; DECIMAL_LENGTH];
    let mut place = 0;
    while place < DECIMAL_LENGTH {
        let number = place / GROUP_DIGITS as usize;
        table[place] = digits[number / 100];
        table[place + 1] = digits[number / 10 % 10];
        table[place + 2] = digits[number % 10];
        place += GROUP_DIGITS as usize;
    }
    table
}

const fn text(ascii: &'static [u8]) -> &'static str {
    match str::from_utf8(ascii) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_formatter_writes_them() {
        let powers = |base: u64| (0..).map_while(move |power| base.checked_pow(power));
        let near = powers(10).chain(powers(16)).flat_map(|power| [power - 1, power, power + 1]);
        for number in near.chain(0..2000).chain([u64::MAX]) {
            let (mut decimal, mut hexadecimal) = (String::new(), String::new());
            write_number(number, &mut decimal).unwrap();
            write_hexadecimal(number, &mut hexadecimal).unwrap();
            assert_eq!((decimal, hexadecimal), (format!("{number}"), format!("{number:x}")));
        }
    }

    #[test]
    fn zeros_fill_the_digits() {
        for digits in 1..20 {
            let mut text = String::new();
            write_padded(7, digits, &mut text).unwrap();
            assert_eq!(text, format!("{:0width$}", 7, width = digits as usize));
        }
    }
}
