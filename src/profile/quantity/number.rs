//! Limits that are numbers: counts, sizes in bytes, times and rates.

use super::super::error::ProfileError;
use super::super::text::Text;
use super::super::tree::{Spanned, Value};
use super::Quantity;
use crate::units::{BitRate, Bytes, Decimal, Duration, Ratio};

/// A kind of count: a whole number of things.
macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident, $unit:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) u64);

        impl Quantity for $name {
            const UNITS: &'static [&'static str] = &[$unit];
            const EXPECTED: &'static str = concat!("a whole number of ", $unit);
            const NONE: Self = Self(0);

            fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
                text.whole(value, Self::EXPECTED).map(Self)
            }

            fn words(&self) -> String {
                let unit = if self.0 == 1 { $unit.strip_suffix('s').unwrap_or($unit) } else { $unit };
                format!("{} {unit}", self.0)
            }
        }
    )*};
}

counts! {
    /// Frames of a video or an animation.
    Frames, "frames";
    /// Pixels, of one picture or of many.
    Pixels, "pixels";
    /// Bits of a sample.
    Bits, "bits";
    /// Channels of sound.
    Channels, "channels";
    /// Accounts.
    Users, "users";
}

/// Audio object type of ISO/IEC 14496-3 table 1.17.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ObjectType(pub(crate) u64);

impl Quantity for ObjectType {
    const UNITS: &'static [&'static str] = &["audio object type"];
    const EXPECTED: &'static str = "the number of an audio object type";
    const NONE: Self = Self(0);

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        text.whole(value, Self::EXPECTED).map(Self)
    }

    fn words(&self) -> String {
        format!("audio object type {}", self.0)
    }
}

/// A number of bytes, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SizeLimit(pub(crate) Option<Bytes>);

impl Quantity for SizeLimit {
    const UNITS: &'static [&'static str] = &["bytes", "KiB", "MiB", "GiB"];
    const EXPECTED: &'static str = "a whole number, or \"none\"";
    const NONE: Self = Self(None);

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        if value.get_ref().as_str() == Some("none") {
            return Ok(Self(None));
        }
        let factor = match unit {
            "KiB" => Bytes::KIB,
            "MiB" => Bytes::MIB,
            "GiB" => Bytes::GIB,
            _ => 1,
        };
        let bytes = text.whole(value, Self::EXPECTED)?.checked_mul(factor);
        let bytes = bytes.ok_or_else(|| text.error(value.span(), "the number of bytes is above 64 bits"))?;
        Ok(Self(Some(Bytes(bytes))))
    }

    fn words(&self) -> String {
        self.0.map_or_else(|| "no limit".to_owned(), |bytes| format!("at most {bytes}"))
    }
}

impl Quantity for Duration {
    const UNITS: &'static [&'static str] = &["s", "ms", "min"];
    const EXPECTED: &'static str = "a number of seconds, such as 140, 0.5 or \"1/2\"";
    const NONE: Self = Self::ZERO;

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let factor = match unit {
            "ms" => Ratio::new(1, 1000),
            "min" => Ratio::new(60, 1),
            _ => Ratio::new(1, 1),
        };
        let number = text.ratio(value, Self::EXPECTED)?;
        let seconds = factor.and_then(|factor| number.times(factor));
        seconds.map(Self).ok_or_else(|| text.error(value.span(), "the duration is above 64 bits"))
    }

    fn words(&self) -> String {
        let seconds = self.seconds();
        match (seconds.numerator() / 60, seconds.numerator() % 60, seconds.denominator()) {
            (minutes @ 5.., 0, 1) => format!("{self} ({minutes} min)"),
            _ => self.to_string(),
        }
    }
}

/// Frames a second, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fps(pub(crate) Ratio);

impl Quantity for Fps {
    const UNITS: &'static [&'static str] = &["frames/s"];
    const EXPECTED: &'static str = "a number of frames a second, such as 60 or \"60000/1001\"";
    const NONE: Self = Self(Ratio::whole(0));

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        text.ratio(value, Self::EXPECTED).map(Self)
    }

    fn words(&self) -> String {
        format!("{} {}", self.0, if self.0 == Ratio::whole(1) { "frame/s" } else { "frames/s" })
    }
}

impl Quantity for BitRate {
    const UNITS: &'static [&'static str] = &["kbps", "bit/s"];
    const EXPECTED: &'static str = "a whole number";
    const NONE: Self = Self(0);

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let factor = if unit == "kbps" { 1000 } else { 1 };
        let rate = text.whole(value, Self::EXPECTED)?.checked_mul(factor);
        rate.map(Self).ok_or_else(|| text.error(value.span(), "the bit rate is above 64 bits"))
    }

    fn words(&self) -> String {
        format!("{} kbps", Decimal::new(u128::from(self.0), 1000, 3))
    }
}
