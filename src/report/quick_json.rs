//! JSON written into memory, byte for byte as `serde_json` writes it compactly, in fewer steps.
//!
//! Most of a report is short texts without anything to escape. `serde_json` looks at each of their bytes by itself; here a
//! text is looked at in one go, and the names of fields, which are identifiers, not at all.

use std::fmt::{self, Display, Write};

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

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

/// The items of an array, or the fields of an object.
struct Items<'t> {
    to: &'t mut Vec<u8>,
    is_first: bool,
    end: &'static [u8],
}

impl<'t> Items<'t> {
    fn begin(to: &'t mut Vec<u8>, start: &'static [u8], end: &'static [u8]) -> Self {
        to.extend_from_slice(start);
        Self { to, is_first: true, end }
    }

    fn next(&mut self) -> Quick<'_> {
        if !std::mem::take(&mut self.is_first) {
            self.to.push(b',');
        }
        Quick { to: self.to }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(self.next())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        let mut quick = self.next();
        quick.name(name);
        quick.to.push(b':');
        value.serialize(quick)
    }

    fn finish(self) -> Done {
        self.to.extend_from_slice(self.end);
        Ok(())
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl SerializeTuple for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl SerializeTupleStruct for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl SerializeTupleVariant for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    /// Only texts are keys here.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let quick = self.next();
        let start = quick.to.len();
        key.serialize(Quick { to: &mut *quick.to })?;
        if quick.to.get(start) == Some(&b'"') { Ok(()) } else { Err(Unsupported) }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.to.push(b':');
        value.serialize(Quick { to: self.to })
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl SerializeStruct for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.field(name, value)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl SerializeStructVariant for Items<'_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.field(name, value)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

/// Writes a text as it stands within quotes.
fn escape(text: &str, to: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let (eights, rest) = bytes.as_chunks::<8>();
    if !eights.iter().any(|eight| any_needs_escape(*eight)) && !rest.iter().any(|&byte| needs_escape(byte)) {
        to.extend_from_slice(bytes);
        return;
    }
    for &byte in bytes {
        match byte {
            b'"' => to.extend_from_slice(b"\\\""),
            b'\\' => to.extend_from_slice(b"\\\\"),
            0x08 => to.extend_from_slice(b"\\b"),
            0x09 => to.extend_from_slice(b"\\t"),
            0x0a => to.extend_from_slice(b"\\n"),
            0x0c => to.extend_from_slice(b"\\f"),
            0x0d => to.extend_from_slice(b"\\r"),
            0..0x20 => {
                to.extend_from_slice(b"\\u00");
                for digit in [byte >> 4, byte & 15] {
                    to.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
                }
            }
            _ => to.push(byte),
        }
    }
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The same of eight bytes in one go.
const fn any_needs_escape(eight: [u8; 8]) -> bool {
    /// Sets the highest bit of each byte that is less than `least`, and of no other below the first such byte.
    const fn below(bytes: u64, least: u8) -> u64 {
        bytes.wrapping_sub(EACH * least as u64) & !bytes
    }
    let bytes = u64::from_le_bytes(eight);
    let found = below(bytes, b' ') | below(bytes ^ (EACH * b'"' as u64), 1) | below(bytes ^ (EACH * b'\\' as u64), 1);
    found & (EACH * 0x80) != 0
}

/// 1 in each byte.
const EACH: u64 = 0x0101_0101_0101_0101;
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
    fn eight_bytes_at_once_are_told_as_each_by_itself() {
        for byte in 0..=u8::MAX {
            for other in [b'a', 0x1f, b' ', b'!', 0x7f, 0x80, 0xff] {
                for place in 0..8 {
                    let mut eight = [other; 8];
                    eight[place] = byte;
                    assert_eq!(any_needs_escape(eight), eight.iter().any(|&byte| needs_escape(byte)), "{eight:?}");
                }
            }
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
