//! Quantities as parts of a text, without the machinery of formatting.

use std::fmt::{self, Write};

use super::digits::write_number;

/// Something that is written as [`fmt::Display`] writes it, at a fraction of the cost.
pub(crate) trait WriteTo {
    /// Writes it.
    fn write_to(&self, to: &mut impl Write) -> fmt::Result;

    /// Writes it behind what stands in a text.
    #[inline]
    fn push_to(&self, text: &mut String) {
        // Writing to a string never fails.
        let _ = self.write_to(text);
    }
}

impl<T: WriteTo + ?Sized> WriteTo for &T {
    #[inline]
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        (**self).write_to(to)
    }
}

impl WriteTo for str {
    // A piece of a sentence is seldom longer than what is copied in a step or two, where its length is known.
    #[inline]
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        to.write_str(self)
    }
}

impl WriteTo for String {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        to.write_str(self)
    }
}

impl WriteTo for u64 {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        write_number(*self, to)
    }
}

impl WriteTo for u32 {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        write_number((*self).into(), to)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use super::*;
    use crate::units::{BitRate, Dimensions, Duration, Ratio};

    fn assert_alike(shown: impl WriteTo + Display) {
        let mut text = "behind ".to_owned();
        shown.push_to(&mut text);
        assert_eq!(text, format!("behind {shown}"));
    }

    #[test]
    fn what_is_written_is_what_is_shown() {
        assert_alike("");
        assert_alike("text".to_owned());
        let numbers = [0, 1, 9, 10, 999, 1000, 1001, 30_000, 1 << 20, u64::from(u32::MAX), u64::MAX];
        for number in numbers {
            assert_alike(number);
            assert_alike(number as u32);
            assert_alike(BitRate(number));
            assert_alike(Dimensions::new(number as u32, 1280));
            for denominator in numbers {
                let Some(ratio) = Ratio::new(number, denominator) else { continue };
                assert_alike(ratio);
                assert_alike(Duration(ratio));
                (0..20).for_each(|places| assert_alike(ratio.decimal(places)));
            }
        }
    }
}
