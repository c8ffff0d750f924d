//! What packs say and what the loader refuses.

use super::{Basis, Category, Level, Profile, ProfileError};
use crate::units::{Bytes, Dimensions, Duration};

/// A small pack that is read without any other.
const ALONE: &str = r#"
name = "alone"
[documents]
house = { title = "House rules", read = 2026-01-02 }
[limits.duration-too-long]
value = "3/2"
unit = "min"
level = "should"
basis = "heuristic"
source = "house: Videos"
"#;

fn parse(text: &str) -> Result<Profile, ProfileError> {
    Profile::parse(text, "test.toml", &|name| match name {
        "alone" => Ok(ALONE.to_owned()),
        "ring" => Ok("name = \"ring\"\nextends = \"gnir\"".to_owned()),
        "gnir" => Ok("name = \"gnir\"\nextends = \"ring\"".to_owned()),
        deep if deep.starts_with("deep") => Ok(format!("name = \"deep\"\nextends = \"{deep}p\"")),
        _ => Err("no such file".to_owned()),
    })
}

fn refused(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

/// The text of a pack that comes with the program.
#[expect(clippy::disallowed_methods, reason = "a test holds what is built in to the files")]
fn text_of(name: &str) -> String {
    std::fs::read_to_string(format!("{}/profiles/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_built_in_pack_is_read() {
    for name in Profile::BUILT_IN {
        let pack = Profile::parse(&text_of(name), name, &|_| Err(String::new())).unwrap();
        assert_eq!(pack.name(), *name);
        assert!(!pack.notes().is_empty());
        assert_eq!(Profile::built_in(name), Some(pack));
    }
    assert_eq!(Profile::built_in("twtter"), None);
    assert_eq!(Profile::default().name(), "twitter");
}

#[test]
fn sizes_and_durations_differ_by_pack_and_category() {
    const MIB: u64 = Bytes::MIB;
    for (pack, category, size, seconds) in [
        ("twitter", Category::TweetVideo, 512 * MIB, 140),
        ("twitter", Category::DmVideo, 512 * MIB, 140),
        ("twitter", Category::AmplifyVideo, 512 * MIB, 140),
        ("twitter-2026", Category::TweetVideo, 8192 * MIB, 1200),
        ("twitter-2026", Category::AmplifyVideo, 8192 * MIB, 1200),
        ("twitter-2026", Category::DmVideo, 512 * MIB, 140),
        ("twitter-2026-premium", Category::TweetVideo, 16384 * MIB, 7500),
        ("twitter-2026-premium", Category::DmVideo, 1024 * MIB, 600),
    ] {
        let pack = Profile::built_in(pack).unwrap();
        assert_eq!(pack.limits().file_too_large.of(Some(category)).value.0, Some(Bytes(size)));
        let longest = pack.limits().duration_too_long.of(Some(category)).value;
        assert_eq!(longest, Duration::from_millis(seconds * 1000));
    }
    for pack in Profile::BUILT_IN {
        let limits = Profile::built_in(pack).unwrap();
        if limits.platform() != "twitter" {
            continue;
        }
        let size = |category| limits.limits().file_too_large.of(Some(category)).value.0;
        assert_eq!(size(Category::TweetImage), Some(Bytes(5_242_880)));
        assert_eq!(size(Category::DmGif), Some(Bytes(15_728_640)));
        assert_eq!(size(Category::Subtitles), None);
    }
}

#[test]
fn the_box_has_two_tiers_in_the_newer_packs() {
    let old = Profile::default();
    assert!(old.limits().dimensions_too_large.should().is_none());
    let new = Profile::built_in("twitter-2026").unwrap();
    let must = new.limits().dimensions_too_large.of(Some(Category::TweetVideo));
    let should = new.limits().dimensions_too_large.should().unwrap();
    assert_eq!((must.level, must.value.0), (Level::Must, Dimensions::new(1920, 1080)));
    assert_eq!((should.level, should.value.0), (Level::Should, Dimensions::new(1280, 1024)));
    assert_eq!(should.quote.as_deref(), Some("between 32x32 and 1280x1024"));
    let rows = new.rows(Some(Category::TweetVideo));
    let levels: Vec<Level> =
        rows.iter().filter(|row| row.rule == "dimensions-too-large").map(|row| row.level).collect();
    assert_eq!(levels, [Level::Must, Level::Should]);
}

#[test]
fn rows_show_the_limits_in_words() {
    let rows = Profile::default().rows(None);
    let sizes: Vec<(&str, usize)> = rows
        .iter()
        .filter(|row| row.rule == "file-too-large")
        .map(|row| (row.limit.as_str(), row.categories.len()))
        .collect();
    assert_eq!(
        sizes,
        [
            ("at most 5 MiB (5242880 bytes)", 2),
            ("at most 512 MiB (536870912 bytes)", 3),
            ("at most 15 MiB (15728640 bytes)", 2),
            ("no limit", 1),
        ]
    );
    let rows = Profile::default().rows(Some(Category::TweetVideo));
    let limit = |rule: &str| rows.iter().find(|row| row.rule == rule).map(|row| row.limit.as_str());
    assert_eq!(limit("frame-rate-too-high"), Some("at most 60 frames/s on average"));
    assert_eq!(limit("duration-too-short"), Some("at least 0.5 s"));
    assert_eq!(limit("aspect-ratio"), Some("1:3 to 3:1"));
    assert_eq!(limit("gif-too-many-frames"), None);
    let gop = rows.iter().find(|row| row.rule == "gop-too-long").unwrap();
    assert_eq!(gop.basis, Basis::Observed);
    assert_eq!(gop.source, "Messages of the server in public threads, processing, UnsupportedMedia (read 2026-11-20)");
}

#[test]
fn a_pack_of_ones_own_stands_alone_or_extends_another() {
    let alone = parse(ALONE).unwrap();
    assert_eq!(alone.rows(None).len(), 1);
    assert_eq!(alone.rows(None)[0].limit, "at most 90 s");

    let stricter = "name = \"stricter\"\nextends = \"alone\"\n[limits.duration-too-long]\nlevel = \"must\"\n\
                    [limits.duration-too-long.dm_video]\nvalue = 20\nunit = \"s\"";
    let stricter = parse(stricter).unwrap();
    let own = stricter.limits().duration_too_long.of(Some(Category::DmVideo));
    assert_eq!((own.level, own.value), (Level::Must, Duration::from_millis(20_000)));
    assert_eq!(stricter.rows(None).len(), 2);

    // What an extending pack says for all categories holds for those that had a limit of their own, too.
    let one_size = "name = \"one\"\nextends = \"twitter\"\n[limits.file-too-large]\nvalue = 1\nunit = \"KiB\"";
    let one_size = parse(one_size).unwrap();
    for category in Category::ALL {
        assert_eq!(one_size.limits().file_too_large.of(Some(category)).value.0, Some(Bytes(1024)));
    }

    let off = parse("name = \"off\"\nextends = \"twitter\"\n[limits.open-gop]\nlevel = \"off\"").unwrap();
    assert!(off.rows(None).iter().all(|row| row.rule != "open-gop"));
}

#[test]
fn an_invalid_pack_is_refused_with_its_place_and_the_nearest_word() {
    let head = "name = \"x\"\nextends = \"twitter\"\n";
    for (text, message) in [
        ("naem = \"x\"", "test.toml:1:1: unknown key \"naem\"; did you mean \"name\"?"),
        (
            "[limits.open-gops]\nlevel = \"off\"",
            "test.toml:3:9: unknown rule \"open-gops\"; did you mean \"open-gop\"?",
        ),
        ("[limits.open-gop]\nlevl = \"off\"", "test.toml:4:1: unknown key \"levl\"; did you mean \"level\"?"),
        ("[limits.open-gop]\nvalue = 1", "test.toml:4:1: unknown key \"value\""),
        ("[limits.open-gop]\nlevel = \"most\"", "test.toml:4:9: unknown level \"most\"; did you mean \"must\"?"),
        ("[limits.open-gop]\nlevel = 3", "test.toml:4:9: expected level, found 3"),
        ("[limits.open-gop]\nbasis = \"document\"", "did you mean \"documented\"?"),
        (
            "[limits.open-gop]\nsource = \"giude: x\"",
            "test.toml:4:10: unknown document \"giude\"; did you mean \"guide\"?",
        ),
        (
            "[limits.file-too-large]\nvalue = 5\nunit = \"MB\"",
            "test.toml:5:8: unknown unit \"MB\"; did you mean \"MiB\"? (one of bytes, KiB, MiB, GiB)",
        ),
        ("[limits.file-too-large]\nvalue = 5", "test.toml:4:9: the value has no unit (one of bytes, KiB, MiB, GiB)"),
        ("[limits.file-too-large]\nunit = \"MiB\"", "test.toml:4:8: a unit without a value"),
        (
            "[limits.file-too-large]\nvalue = -5\nunit = \"MiB\"",
            "test.toml:4:9: expected a whole number, or \"none\", found -5",
        ),
        ("[limits.file-too-large]\nvalue = 18446744073709551615\nunit = \"GiB\"", "above 64 bits"),
        ("[limits.file-too-large.tweet_vidoe]\nvalue = 5", "test.toml:3:24: unknown key \"tweet_vidoe\""),
        (
            "[limits.frame-rate-too-high]\nvalue = \"60/0\"\nunit = \"frames/s\"",
            "test.toml:4:9: expected a number of frames",
        ),
        ("[limits.frame-rate-too-high]\nvalue = true\nunit = \"frames/s\"", "found true"),
        ("[limits.frame-rate-recommended]\nvalue = []\nunit = \"frames/s\"", "the array is empty"),
        ("[limits.aspect-ratio]\nvalue = { min = \"1:3\" }\nunit = \"width:height\"", "max is missing"),
        (
            "[limits.aspect-ratio]\nvalue = { min = \"1:3\", max = \"3:0\" }\nunit = \"width:height\"",
            "expected a ratio",
        ),
        (
            "[limits.aspect-ratio]\nvalue = { min = \"1:3\", mx = \"3:1\" }\nunit = \"width:height\"",
            "did you mean \"max\"?",
        ),
        ("[limits.dimensions-too-small]\nvalue = \"32\"\nunit = \"pixels\"", "expected a size such as \"1280x720\""),
        ("[limits.gif-dimensions.should]\nvalue = \"1x1\"", "unknown key \"should\""),
        ("[limits.open-gop", "test.toml:3:17: "),
        ("[documents]\nmine = { title = \"x\" }", "needs a title and the date"),
        ("[documents]\nmine = { title = \"x\", read = \"today\" }", "expected a date such as 2026-11-20"),
        ("notes = \"x\"", "expected an array of sentences"),
        ("[renditions]\nunit = \"kbps\"\nrows = [{ size = \"1x1\", video = 1 }]", "audio is missing"),
    ] {
        // Keys at the top must stand before the tables.
        let whole = if text.starts_with("naem") { text.to_owned() } else { format!("{head}{text}") };
        let error = refused(&whole);
        assert!(error.contains(message), "{whole}\n{error}\n{message}");
    }
    assert!(refused("extends = \"twitter\"").contains("the pack has no name"));
    let unset = refused("name = \"x\"\n[limits.open-gop]\nlevel = \"must\"");
    assert!(unset.contains("test.toml:2:1: the limit has no basis"), "{unset}");
}

#[test]
fn packs_that_extend_one_another_without_end_are_refused() {
    assert!(refused("name = \"x\"\nextends = \"ring\"").contains("in a circle: ring -> gnir -> ring"));
    assert!(refused("name = \"x\"\nextends = \"test.toml\"").contains("in a circle: test.toml -> test.toml"));
    assert!(refused("name = \"x\"\nextends = \"deep\"").contains("more than 8 packs"));
    let unknown = refused("name = \"x\"\nextends = \"twiter\"");
    assert!(unknown.starts_with("test.toml:2:11: unknown pack \"twiter\"; did you mean \"twitter\"?"), "{unknown}");
    assert!(unknown.ends_with("no such file"));
}

proptest::proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", at in 0_usize..12_000, junk in "[\\x00-\\x7f]{1,4}") {
        let _ = parse(&text);
        let whole = text_of("twitter");
        let at = at.min(whole.len());
        let _ = parse(&format!("{}{junk}{}", &whole[..at], &whole[at..]));
    }
}
