//! Digits of whole numbers, taken from a table several at a time.

use std::fmt::{self, Write};

/// Writes a number.
pub(super) fn write_number(number: u64, to: &mut impl Write) -> fmt::Result {
    if number >= GROUP {
        write_number(number / GROUP, to)?;
        return write_group(number, GROUP_DIGITS, to);
    }
    write_group(number, 1 + u32::from(number >= 10) + u32::from(number >= 100), to)
}

/// Writes a number in so many digits, with zeros before it. Digits that are too many for that are left out.
pub(super) fn write_padded(number: u64, digits: u32, to: &mut impl Write) -> fmt::Result {
    if digits > GROUP_DIGITS {
        write_padded(number / GROUP, digits - GROUP_DIGITS, to)?;
        return write_group(number, GROUP_DIGITS, to);
    }
    write_group(number, digits, to)
}

/// Writes so many of the last digits of a number, as many as the table has or fewer.
#[inline]
fn write_group(number: u64, digits: u32, to: &mut impl Write) -> fmt::Result {
    let end = ((number % GROUP) as usize + 1) * GROUP_DIGITS as usize;
    to.write_str(DECIMAL.get(end - digits as usize..end).unwrap_or_default())
}

/// Writes a number in hexadecimal.
#[cfg(any(test, feature = "report"))]
pub(crate) fn write_hexadecimal(number: u64, to: &mut impl Write) -> fmt::Result {
    let last = (number % 0x100) as usize * 2;
    if number >= 0x100 {
        write_hexadecimal(number / 0x100, to)?;
    } else if number < 0x10 {
        return to.write_str(HEXADECIMAL.get(last + 1..last + 2).unwrap_or_default());
    }
    to.write_str(HEXADECIMAL.get(last..last + 2).unwrap_or_default())
}

/// The numbers below this one have their digits in the table, as many for each.
const GROUP: u64 = 1000;
const GROUP_DIGITS: u32 = 3;
const DECIMAL_LENGTH: usize = 3000;

/// The numbers from 000 to 999, one after the other.
static DECIMAL: &str = text(&table::<DECIMAL_LENGTH>(10, GROUP_DIGITS as usize));
/// The numbers from 00 to ff, one after the other.
#[cfg(any(test, feature = "report"))]
static HEXADECIMAL: &str = text(&table::<512>(16, 2));

/// The numbers of so many digits to a base, one after the other.
const fn table<const LENGTH: usize>(base: usize, digits: usize) -> [u8; LENGTH] {
    let mut table = [0; LENGTH];
    let mut place = 0;
    while place < LENGTH {
        let mut number = place / digits;
        let mut behind = digits - 1 - place % digits;
        while behind > 0 {
            number /= base;
            behind -= 1;
        }
        table[place] = b"0123456789abcdef"[number % base];
        place += 1;
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
