//! The limits and the actual values of findings.

use std::borrow::Cow;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

use crate::units::{Bytes, Dimensions, Duration, Ratio, WriteTo};

/// A limit or an actual value: an exact integer, or a text such as `60000/1001`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Value {
    /// An exact integer.
    Integer(u64),
    /// A ratio, a name, a size such as `1280x720`, or a description.
    Text(Cow<'static, str>),
}

impl<'de> Deserialize<'de> for Value {
    /// Reads what is there, without trying one kind after the other.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntegerOrText;
        impl Visitor<'_> for IntegerOrText {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a text")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned().into()))
            }
        }
        deserializer.deserialize_any(IntegerOrText)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Value {
    /// The text of a quantity.
    fn written(quantity: impl WriteTo) -> Self {
        let mut text = String::with_capacity(USUAL_TEXT);
        quantity.push_to(&mut text);
        Self::Text(text.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::Integer(bytes.0)
    }
}

impl From<Ratio> for Value {
    fn from(ratio: Ratio) -> Self {
        if ratio.denominator() == 1 { Self::Integer(ratio.numerator()) } else { Self::written(ratio) }
    }
}

impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        duration.seconds().into()
    }
}

impl From<Dimensions> for Value {
    fn from(size: Dimensions) -> Self {
        Self::written(size)
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

/// Characters of two numbers of 32 bits, and of what stands between them.
const USUAL_TEXT: usize = 21;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_whole_number_or_a_text() {
        for (json, value) in
            [("0", 0_u64.into()), ("18446744073709551615", u64::MAX.into()), ("\"1/2\\n\"", "1/2\n".into())]
        {
            let value: Value = value;
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
            assert_eq!(serde_json::from_slice::<Value>(&serde_json::to_vec(&value).unwrap()).unwrap(), value);
        }
        for json in ["-1", "0.5", "null", "[]", "true"] {
            let error = serde_json::from_str::<Value>(json).unwrap_err();
            assert!(error.to_string().contains("a whole number or a text"), "{error}");
        }
    }
}
