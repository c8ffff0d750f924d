//! Metadata and places.

use super::{
    Change, Error, Metadata, Nothing, Options, Pass, SAME, Scenario, Undecided, Warning, film, hold, hold_with, known,
    photo,
};
use crate::facts::{Evidence, Fact, Tag};

fn placed(scenario: &mut Scenario) {
    scenario.movie_facts().location = known("+48.8577+002.2950/".to_owned());
}

fn titled(scenario: &mut Scenario, name: &str, text: &str) {
    let tag = Tag { name: name.to_owned(), text: text.to_owned(), at: Evidence::new(0, "udta") };
    scenario.movie_facts().tags.get_or_insert_default().push(tag);
}

#[test]
fn metadata_and_places_are_kept_or_stripped_as_asked() {
    let with = |metadata| Options { metadata, ..Options::default() };
    let elsewhere: Change = |s| s.movie_facts().location = known("+1+2/".to_owned());
    hold(
        "location",
        film,
        &[
            (SAME, SAME, Nothing, ""),
            (placed, placed, Pass, "kept: both tell where it was recorded (+48.8577+002.2950/)"),
            (
                placed,
                SAME,
                Pass,
                "stripped: the source tells where it was recorded (+48.8577+002.2950/), the result does not",
            ),
            (placed, elsewhere, Error, "became +1+2/"),
            (SAME, placed, Error, "which the source does not"),
            (SAME, |s| s.movie_facts().location = Fact::unknown("cut"), Undecided, "cut"),
        ],
    );
    let taken: Change = |s| s.image().location = known("+48.8577-2.295/".to_owned());
    hold(
        "location",
        photo,
        &[
            (SAME, SAME, Nothing, ""),
            (taken, taken, Pass, "kept"),
            (taken, SAME, Pass, "stripped"),
            (taken, |s| s.image().location = known("+48.8578-2.295/".to_owned()), Error, "became"),
            (taken, |s| s.image().location = known("+48.857718-2.294981/".to_owned()), Pass, "kept"),
            (|s| s.image().location = Fact::unknown("cut"), SAME, Undecided, "cut"),
        ],
    );
    hold_with("location", photo, &with(Metadata::Strip), &[(taken, taken, Error, "kept")]);
    hold_with("location", film, &with(Metadata::Keep), &[(placed, placed, Pass, ""), (placed, SAME, Error, "")]);
    hold_with("location", film, &with(Metadata::Strip), &[(placed, placed, Error, ""), (placed, SAME, Pass, "")]);
    let home: Change = |s| titled(s, "\u{a9}nam", "Home");
    let key: Change = |s| titled(s, "com.apple.quicktime.title", "Home");
    let other: Change = |s| titled(s, "\u{a9}nam", "Away");
    let written: Change = |s| titled(s, "\u{a9}too", "Lavf59");
    hold(
        "metadata",
        film,
        &[
            (SAME, SAME, Nothing, ""),
            (written, SAME, Nothing, ""),
            (home, home, Pass, "1 entry kept"),
            (home, key, Pass, "1 entry kept"),
            (home, SAME, Pass, "1 entry stripped"),
            (SAME, home, Pass, "1 added"),
            (home, other, Warning, "1 entry changed"),
            (home, |s| s.movie_facts().tags = None, Undecided, "were not read"),
        ],
    );
    hold_with("metadata", film, &with(Metadata::Keep), &[(home, home, Pass, ""), (home, SAME, Warning, "stripped")]);
    hold_with("metadata", film, &with(Metadata::Strip), &[(home, home, Warning, "kept"), (home, written, Pass, "")]);
}
