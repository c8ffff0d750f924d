//! Structures that hold others, by their paths.

use std::fmt;
use std::sync::Arc;

/// The path of a structure that holds others, such as `moov.trak[0]`.
///
/// Those that most files have stand in the program, so that a place in them allocates and counts nothing; others are
/// shared.
#[derive(Clone, Debug)]
pub struct Container(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Fixed(&'static FixedPath),
    Made(Arc<str>),
}

/// A path that stands in the program.
#[derive(Debug)]
pub(crate) struct FixedPath {
    /// The whole path.
    pub(crate) path: &'static str,
    /// Structures inside, each with what its path adds to this one.
    pub(crate) inside: &'static [(&'static str, Self)],
}

impl Container {
    /// The file itself, which has no path.
    pub(super) const FILE: Self = Self::fixed(&FixedPath { path: "", inside: &[] });

    /// A structure whose path stands in the program.
    pub(crate) const fn fixed(path: &'static FixedPath) -> Self {
        Self(Kind::Fixed(path))
    }

    /// The structure inside this one to whose path it adds `name`.
    pub(crate) fn inside(&self, name: &str) -> Self {
        if let Kind::Fixed(path) = self.0
            && let Some((_, found)) = path.inside.iter().find(|(added, _)| *added == name)
        {
            return Self::fixed(found);
        }
        [self.as_str(), ".", name].concat().into()
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Fixed(path) => path.path,
            Kind::Made(path) => path,
        }
    }
}

impl From<&str> for Container {
    fn from(path: &str) -> Self {
        Self(Kind::Made(path.into()))
    }
}

impl From<String> for Container {
    fn from(path: String) -> Self {
        Self(Kind::Made(path.into()))
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_adds_to_the_path() {
        static TRACK: FixedPath =
            FixedPath { path: "a.b", inside: &[("c.d", FixedPath { path: "a.b.c.d", inside: &[] })] };
        let fixed = Container::fixed(&TRACK);
        let made = Container::from("a.b");
        for name in ["c.d", "c", "e"] {
            assert_eq!(fixed.inside(name).as_str(), made.inside(name).as_str());
        }
        assert!(matches!(fixed.inside("c.d").0, Kind::Fixed(_)) && matches!(fixed.inside("c").0, Kind::Made(_)));
        assert_eq!(fixed.inside("c.d").inside("e").to_string(), "a.b.c.d.e");
    }
}
