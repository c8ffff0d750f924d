//! The items of arrays and the fields of objects, of every kind that serde tells apart.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};

use super::{Done, Quick, Unsupported};

/// The items of an array, or the fields of an object.
pub(super) struct Items<'t> {
    to: &'t mut Vec<u8>,
    is_first: bool,
    end: &'static [u8],
}

impl<'t> Items<'t> {
    pub(super) fn begin(to: &'t mut Vec<u8>, start: &'static [u8], end: &'static [u8]) -> Self {
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
