//! Where in a file something was read.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
    pub fn within(offset: u64, container: &Arc<str>, element: &'static str) -> Self {
        Self { offset, path: Path::within(container, element) }
    }

    /// A place whose path is put together at run time.
    pub fn named(offset: u64, path: impl Into<Cow<'static, str>>) -> Self {
        Self { offset, path: Path { container: None, element: path.into() } }
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
pub struct Path {
    container: Option<Arc<str>>,
    element: Cow<'static, str>,
}

impl Path {
    /// An element at the top level.
    pub const fn element(element: &'static str) -> Self {
        Self { container: None, element: Cow::Borrowed(element) }
    }

    /// An element inside a container; an empty element names the container itself.
    pub fn within(container: &Arc<str>, element: &'static str) -> Self {
        Self { container: Some(Arc::clone(container)), element: Cow::Borrowed(element) }
    }

    /// Writes the same as [`fmt::Display`], at less cost.
    #[cfg(any(test, feature = "report"))]
    pub(crate) fn write_to(&self, text: &mut String) {
        if let Some(container) = &self.container {
            text.push_str(container);
            if !self.element.is_empty() {
                text.push('.');
            }
        }
        text.push_str(&self.element);
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(container) = &self.container {
            f.write_str(container)?;
            if !self.element.is_empty() {
                f.write_str(".")?;
            }
        }
        f.write_str(&self.element)
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
        let element = String::deserialize(deserializer)?;
        Ok(Self { container: None, element: Cow::Owned(element) })
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
        let container = Arc::from("moov.trak[0]");
        for (path, expected) in [
            (Path::element("ftyp"), "ftyp"),
            (Path::within(&container, "tkhd.matrix"), "moov.trak[0].tkhd.matrix"),
            (Path::within(&container, ""), "moov.trak[0]"),
        ] {
            let mut text = String::new();
            path.write_to(&mut text);
            assert_eq!((text.as_str(), path.to_string().as_str()), (expected, expected));
        }
    }
}
