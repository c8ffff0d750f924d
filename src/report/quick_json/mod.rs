//! JSON written into memory, byte for byte as `serde_json` writes it compactly, in fewer steps.
//!
//! Most of a report is short texts without anything to escape. `serde_json` looks at each of their bytes by itself; here a
//! text is looked at in one go, and the names of fields, which are identifiers, not at all.

mod escape;
mod items;

use std::fmt::{self, Display, Write};

use serde::Serialize;
use serde::ser::{Error, Serializer};

use escape::escape;
use items::Items;

/// Writes a value as JSON behind what is there. `None`: it holds what no report holds, such as a float, and a part of it may
/// be there.
pub(crate) fn write_json<T: Serialize + ?Sized>(value: &T, to: &mut Vec<u8>) -> Option<()> {
    value.serialize(Quick { to }).ok()
}

/// Writes one value.
struct Quick<'t> {
    to: &'t mut Vec<u8>,
}

/// A value that is not written here.
#[derive(Debug)]
struct Unsupported;

impl std::error::Error for Unsupported {}

impl Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no report holds such a value")
    }
}

impl Error for Unsupported {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Unsupported>;

impl Quick<'_> {
    fn text(&mut self, text: &str) {
        self.to.push(b'"');
        escape(text, self.to);
        self.to.push(b'"');
    }

    /// The name of a field or variant, which is an identifier.
    fn name(&mut self, name: &'static str) {
        self.to.push(b'"');
        self.to.extend_from_slice(name.as_bytes());
        self.to.push(b'"');
    }

    fn number(&mut self, number: u64) {
        let mut digits = [0; DIGITS];
        let mut start = DIGITS;
        let mut rest = number;
        loop {
            start -= 1;
            if let Some(digit) = digits.get_mut(start) {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            }
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.to.extend_from_slice(digits.get(start..).unwrap_or_default());
    }

    /// Begins the only variant of an object.
    fn variant(&mut self, name: &'static str) {
        self.to.push(b'{');
        self.name(name);
        self.to.push(b':');
    }
}

impl<'t> Serializer for Quick<'t> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Items<'t>;
    type SerializeTuple = Items<'t>;
    type SerializeTupleStruct = Items<'t>;
    type SerializeTupleVariant = Items<'t>;
    type SerializeMap = Items<'t>;
    type SerializeStruct = Items<'t>;
    type SerializeStructVariant = Items<'t>;

    fn serialize_bool(self, value: bool) -> Done {
        self.to.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(mut self, value: i64) -> Done {
        if value < 0 {
            self.to.push(b'-');
        }
        self.number(value.unsigned_abs());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(mut self, value: u64) -> Done {
        self.number(value);
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Done {
        Err(Unsupported)
    }

    fn serialize_f64(self, _: f64) -> Done {
        Err(Unsupported)
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(mut self, value: &str) -> Done {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Unsupported)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.to.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(mut self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.name(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.variant(variant);
        value.serialize(Quick { to: &mut *self.to })?;
        self.to.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'t>, Unsupported> {
        Ok(Items::begin(self.to, b"[", b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'t>, Unsupported> {
        Ok(Items::begin(self.to, b"[", b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'t>, Unsupported> {
        Ok(Items::begin(self.to, b"[", b"]"))
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>, Unsupported> {
        self.variant(variant);
        Ok(Items::begin(self.to, b"[", b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'t>, Unsupported> {
        Ok(Items::begin(self.to, b"{", b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'t>, Unsupported> {
        Ok(Items::begin(self.to, b"{", b"}"))
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t>, Unsupported> {
        self.variant(variant);
        Ok(Items::begin(self.to, b"{", b"}}"))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        /// Escapes what is written in pieces.
        struct Pieces<'t>(&'t mut Vec<u8>);
        impl Write for Pieces<'_> {
            fn write_str(&mut self, piece: &str) -> fmt::Result {
                escape(piece, self.0);
                Ok(())
            }
        }
        self.to.push(b'"');
        write!(Pieces(self.to), "{value}").map_err(|_| Unsupported)?;
        self.to.push(b'"');
        Ok(())
    }
}

/// Decimal digits of the largest number.
const DIGITS: usize = 20;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::report::testing;

    fn written<T: Serialize + ?Sized>(value: &T) -> String {
        let mut json = Vec::new();
        write_json(value, &mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(i64),
        Tuple(u8, char),
        Struct { a: Option<bool>, b: () },
    }

    #[derive(Serialize)]
    struct Every<'e> {
        shapes: [Shape; 4],
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<u8>,
        nested: BTreeMap<String, Vec<&'e str>>,
        empty: Vec<u8>,
        bounds: (u64, i64, u64),
        shown: fmt::Arguments<'e>,
    }

    #[test]
    fn every_shape_is_written_as_serde_json_writes_it() {
        let shapes = [Shape::Unit, Shape::Newtype(-7), Shape::Tuple(255, '"'), Shape::Struct { a: Some(true), b: () }];
        let nested = [("k\n".to_owned(), vec!["x", "\u{7f}é"]), (String::new(), vec![])].into();
        let every = Every {
            shapes,
            left_out: None,
            nested,
            empty: Vec::new(),
            bounds: (u64::MAX, i64::MIN, 0),
            shown: format_args!("{}\t{}", 1, "\\"),
        };
        assert_eq!(written(&every), serde_json::to_string(&every).unwrap());
        for entry in testing::entries() {
            assert_eq!(written(&entry), serde_json::to_string(&entry).unwrap());
        }
    }

    #[test]
    fn what_is_not_supported_is_told() {
        assert_eq!(write_json(&1.5, &mut Vec::new()), None);
        assert_eq!(write_json(&BTreeMap::from([(1, 2)]), &mut Vec::new()), None);
    }

    proptest! {
        #[test]
        fn texts_and_numbers_are_written_as_serde_json_writes_them(
            text in any::<String>(),
            ascii in "[ -~\\x00-\\x1f]{0,40}",
            number in any::<u64>(),
            signed in any::<i64>(),
        ) {
            let value = (text, ascii, number, signed);
            prop_assert_eq!(written(&value), serde_json::to_string(&value).unwrap());
        }
    }
}
