//! What follows from a pack alone: worked out once, when a file first needs it, and not anew for every file.

use std::sync::OnceLock;

use super::Docket;
use super::run::{Selection, alike};
use crate::profile::{Category, Profile};

/// What follows from one pack.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    dockets: ByCategory<Docket>,
    peers: OnceLock<Vec<Peer>>,
}

impl Prepared {
    /// What follows from a pack, of which nothing is worked out yet.
    pub(crate) const fn new() -> Self {
        Self { dockets: ByCategory::new(), peers: OnceLock::new() }
    }

    /// The rules that the pack puts in force for a category.
    pub(crate) fn docket(&self, profile: &Profile, category: Option<Category>) -> &Docket {
        self.dockets.of(category, || Docket::new(profile.limits(), category))
    }

    /// The other built-in packs of the platform. What another platform takes is no help to who posts here.
    pub(crate) fn peers(&self, profile: &Profile) -> &[Peer] {
        self.peers.get_or_init(|| {
            Profile::all_built_in()
                .filter(|pack| pack.platform() == profile.platform() && pack.name() != profile.name())
                .map(|profile| Peer { profile, dockets: ByCategory::new(), alike: ByCategory::new() })
                .collect()
        })
    }
}

/// Another pack of the same platform.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The pack.
    pub(crate) profile: &'static Profile,
    dockets: ByCategory<Docket>,
    alike: ByCategory<Selection>,
}

impl Peer {
    /// The rules that this pack puts in force for a category.
    pub(crate) fn docket(&self, category: Option<Category>) -> &Docket {
        self.dockets.of(category, || Docket::new(self.profile.limits(), category))
    }

    /// The rules that refuse the same files of a category here and in the pack of which this one is a peer.
    pub(crate) fn alike(&self, profile: &Profile, category: Option<Category>) -> Selection {
        *self.alike.of(category, || alike(profile, self.profile, category))
    }
}

/// A value for each category, and one for files that fit none.
#[derive(Clone, Debug)]
struct ByCategory<T> {
    none: OnceLock<T>,
    each: [OnceLock<T>; Category::ALL.len()],
}

impl<T> ByCategory<T> {
    const fn new() -> Self {
        Self { none: OnceLock::new(), each: [const { OnceLock::new() }; Category::ALL.len()] }
    }

    /// The value of a category, which is worked out when it is first asked for.
    fn of(&self, category: Option<Category>, work_out: impl FnOnce() -> T) -> &T {
        let place = category.and_then(|category| self.each.get(category as usize));
        place.unwrap_or(&self.none).get_or_init(work_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_category_has_a_value_of_its_own() {
        let values = ByCategory::new();
        for category in Category::ALL.into_iter().map(Some).chain([None]) {
            assert_eq!(*values.of(category, || category), category);
        }
        for category in Category::ALL.into_iter().map(Some).chain([None]) {
            assert_eq!(*values.of(category, || unreachable!()), category);
        }
    }
}
