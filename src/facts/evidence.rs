//! Where in a file something was read.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::container::Container;
use crate::units::WriteTo;

/// The place in a file that proves a fact or a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Offset of the first byte, from the start of the file.
    pub offset: u64,
    /// The structure and field, such as `moov.trak[0].tkhd.matrix`.
    pub path: Path,
}

impl Evidence {
    /// A place named by an element alone.
    pub const fn new(offset: u64, element: &'static str) -> Self {
        Self { offset, path: Path::element(element) }
    }

    /// A place named by an element inside a container.
    #[inline]
    pub fn within(offset: u64, container: &Container, element: &'static str) -> Self {
        Self { offset, path: Path::within(container, element) }
    }

    /// A place whose path is put together at run time.
    pub fn named(offset: u64, path: impl Into<Cow<'static, str>>) -> Self {
        Self { offset, path: Path::named(path.into()) }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}", self.path, self.offset)
    }
}

/// The path of a structure or field inside a file, outermost first, joined by dots.
///
/// Containers are shared, so that naming each of a track's fields costs no allocation.
#[derive(Clone, Debug)]
pub struct Path(Parts);

#[derive(Clone, Debug)]
enum Parts {
    /// An element of a container; an empty one is the container itself.
    Within(&'static str, Container),
    /// All of a path that is put together at run time.
    Named(String),
}

impl Path {
    /// An element at the top level.
    pub const fn element(element: &'static str) -> Self {
        Self(Parts::Within(element, Container::FILE))
    }

    /// An element inside a container; an empty element names the container itself.
    #[inline]
    pub fn within(container: &Container, element: &'static str) -> Self {
        Self(Parts::Within(element, container.clone()))
    }

    fn named(path: Cow<'static, str>) -> Self {
        match path {
            Cow::Borrowed(path) => Self::element(path),
            Cow::Owned(path) => Self(Parts::Named(path)),
        }
    }

    /// The container, the dot behind it and the element.
    fn parts(&self) -> [&str; 3] {
        match &self.0 {
            Parts::Within(element, container) => {
                let container = container.as_str();
                [container, if container.is_empty() || element.is_empty() { "" } else { "." }, element]
            }
            Parts::Named(path) => ["", "", path],
        }
    }
}

impl WriteTo for Path {
    fn write_to(&self, to: &mut impl fmt::Write) -> fmt::Result {
        self.parts().into_iter().try_for_each(|part| to.write_str(part))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Path {}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|path| Self(Parts::Named(path)))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Path {
    fn schema_name() -> Cow<'static, str> {
        "Path".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "The structure and field, outermost first, joined by dots, such as moov.trak[0].tkhd.matrix."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_is_shown() {
        let container = Container::from("moov.trak[0]");
        for (path, expected) in [
            (Path::element("ftyp"), "ftyp"),
            (Path::within(&container, "tkhd.matrix"), "moov.trak[0].tkhd.matrix"),
            (Path::within(&container, ""), "moov.trak[0]"),
        ] {
            let mut text = String::new();
            path.push_to(&mut text);
            assert_eq!((text.as_str(), path.to_string().as_str()), (expected, expected));
        }
    }

    #[test]
    fn a_place_is_five_words() {
        // A movie has some fifty of them, and all are handed on by value.
        assert!(size_of::<Evidence>() <= 5 * size_of::<u64>());
    }
}
