//! What a scan remembers, and when that no longer holds.
//!
//! That a file is not opened is shown by changing it so that nothing but its content gives the change away: an answer that
//! stays the same came from the cache.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::{Library, code, gif, set_time, stderr, verdicts};

/// Changes the content of a file and nothing else: same length, same time, same inode.
fn change_unseen(path: &Path) {
    let length = fs::read(path).unwrap().len();
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(&vec![b'x'; length]).unwrap();
    drop(file);
    set_time(path, 1_000_000_000);
}

fn library() -> Library {
    let library = Library::new();
    library.write("a.gif", &gif(2));
    library.write("b.gif", &gif(351));
    library.write("notes.txt", b"words");
    library
}

#[test]
fn a_second_scan_opens_nothing() {
    let library = library();
    let first = library.json(&[]);
    assert_eq!(verdicts(&first), ["pass", "fail"]);
    for name in ["a.gif", "b.gif", "notes.txt"] {
        change_unseen(&library.path(name));
    }
    assert_eq!(library.json(&[]), first);
    assert_eq!(library.json(&[library.root().to_str().unwrap()])["summary"], first["summary"], "by another path");
    assert_eq!(verdicts(&library.json(&["--no-cache"])), ["fail", "fail"]);
}

/// The samples, some of them with a text beside them, and a folder with a pack of its own.
fn samples() -> Library {
    let library = Library::new();
    let samples = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")).unwrap();
    for sample in samples.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let name = sample.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&sample).unwrap();
        library.write(&format!("a/{name}"), &bytes);
        if name.starts_with("pic") || name.starts_with("gif") || name.starts_with("video-o") {
            library.write(&format!("own/{name}"), &bytes);
        }
    }
    for name in ["a/photo.jpg.alt.txt", "own/gif-animated.gif.alt.txt"] {
        library.write(name, "x".repeat(1001).as_bytes());
    }
    library.write("own/preflight.toml", b"pack = \"twitter-2026\"\n");
    library
}

const FORMATS: [&str; 9] = ["human", "json", "jsonl", "csv", "markdown", "sarif", "junit", "github", "html"];

#[test]
fn what_is_remembered_is_told_in_the_words_of_the_first_time_in_every_report() {
    let library = samples();
    let scan = |arguments: &[&str]| {
        let output = library.scan(&[&["--no-thumbnails"], arguments].concat());
        assert!(!output.stdout.is_empty() && stderr(&output).is_empty(), "{output:?}");
        output
    };
    for (format, others) in FORMATS.iter().flat_map(|format| [(format, [].as_slice()), (format, &["--quiet"])]) {
        let arguments = [&["--format", format], others].concat();
        library.command(&["cache", "clear"]).output().unwrap();
        let fresh = scan(&[&arguments, ["--no-cache"].as_slice()].concat());
        for time in ["first", "second", "third"] {
            assert!(scan(&arguments) == fresh, "the {time} scan, {arguments:?}");
        }
        // A file that changed is read again, and stands in a block of its own.
        library.write("a/new.gif", &gif(2));
        set_time(&library.path("own/picture.png"), 1_000_000_001);
        let fresh = scan(&[&arguments, ["--no-cache"].as_slice()].concat());
        for jobs in ["--jobs=1", "--jobs=3"] {
            assert!(scan(&[&arguments, [jobs].as_slice()].concat()) == fresh, "{jobs}, {arguments:?}");
        }
        fs::remove_file(library.path("a/new.gif")).unwrap();
        set_time(&library.path("own/picture.png"), 1_000_000_000);
    }
    // What one kind of report remembers serves every other, alone and together, with a matrix and a baseline.
    let baseline = library.folder.path().join("baseline.json");
    fs::write(&baseline, &scan(&["--format", "json"]).stdout).unwrap();
    let baseline = baseline.to_str().unwrap();
    for more in
        [&["--matrix"][..], &["--baseline", baseline], &["--output", "../more.html"], &["--output", "../more.txt"]]
    {
        for format in FORMATS {
            let arguments = [&["--format", format], more].concat();
            let fresh = scan(&[&arguments, ["--no-cache"].as_slice()].concat());
            assert!(scan(&arguments) == fresh, "{arguments:?}");
        }
    }
    // What people are told is kept in one style, and another one, or what was left out, is made anew.
    for first in [&["--quiet"][..], &["--color", "always"], &["--format", "jsonl"]] {
        library.command(&["cache", "clear"]).output().unwrap();
        scan(first);
        for more in [&[][..], &["--quiet"], &["--color", "always"], &["--fail-on", "warning", "--quiet"]] {
            let fresh = scan(&[more, &["--no-cache"]].concat());
            assert!(scan(more) == fresh, "{more:?} after {first:?}");
        }
    }
}

#[test]
fn real_files_are_remembered_in_the_words_of_the_first_time() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/real");
    if !corpus.is_dir() {
        return;
    }
    let library = Library::new();
    let scan = |arguments: &[&str]| {
        let all = ["--no-thumbnails", "--all-files", "--hidden", "--no-ignore", corpus.to_str().unwrap()];
        let output = library.scan(&[&all, arguments].concat());
        assert!(!output.stdout.is_empty() && stderr(&output).is_empty(), "{output:?}");
        output
    };
    for format in FORMATS {
        let fresh = scan(&["--no-cache", "--format", format]);
        for _ in 0..2 {
            assert!(scan(&["--format", format]) == fresh, "{format}");
        }
    }
}

#[test]
fn a_change_that_the_file_system_shows_is_seen() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("a later time", |path| set_time(path, 1_000_000_001)),
        ("an earlier time", |path| set_time(path, 999_999_999)),
        ("another length", |path| {
            OpenOptions::new().append(true).open(path).unwrap().write_all(b"x").unwrap();
            set_time(path, 1_000_000_000);
        }),
        ("another file in its place", |path| {
            let bytes = fs::read(path).unwrap();
            let other = path.with_extension("new");
            fs::write(&other, bytes).unwrap();
            set_time(&other, 1_000_000_000);
            fs::rename(other, path).unwrap();
        }),
    ];
    for (name, change) in changes {
        let library = library();
        assert_eq!(verdicts(&library.json(&[])), ["pass", "fail"]);
        change_unseen(&library.path("a.gif"));
        change(&library.path("a.gif"));
        assert_eq!(verdicts(&library.json(&[])), ["fail", "fail"], "{name}");
    }
}

#[test]
fn another_ruling_judges_what_is_remembered_again() {
    let library = library();
    library.json(&[]);
    let pack = library.folder.path().join("own.toml");
    fs::write(
        &pack,
        "name = \"own\"\nextends = \"twitter\"\n[limits.gif-too-many-frames]\nvalue = 1\nunit = \"frames\"\n",
    )
    .unwrap();
    for name in ["a.gif", "b.gif"] {
        change_unseen(&library.path(name));
    }
    let pack = pack.to_str().unwrap();
    // Judged again from the facts, so the change is not seen, and the other pack is.
    for _ in 0..2 {
        assert_eq!(verdicts(&library.json(&["--pack", pack])), ["fail", "fail"]);
    }
    assert_eq!(verdicts(&library.json(&["--ignore", "gif-too-many-frames"])), ["pass", "pass"]);
    assert_eq!(verdicts(&library.json(&["--category", "tweet_image"])), ["fail", "fail"]);
    assert_eq!(verdicts(&library.json(&[])), ["pass", "fail"]);
}

#[test]
fn the_deep_check_reads_files_again_and_does_not_stay_behind() {
    let library = Library::new();
    // The second byte of image data is a code beyond the table of codes.
    let mut broken = gif(2);
    let data = broken.len() - 4;
    broken[data] = 0xff;
    library.write("a.gif", &broken);
    assert_eq!(verdicts(&library.json(&[])), ["pass"]);
    assert_eq!(verdicts(&library.json(&["--deep"])), ["fail"]);
    assert_eq!(verdicts(&library.json(&[])), ["pass"]);
}

#[test]
fn a_file_that_was_just_written_is_not_trusted() {
    let library = Library::new();
    library.write("a.gif", &gif(2));
    set_time(&library.path("a.gif"), 32_000_000_000);
    assert_eq!(verdicts(&library.json(&[])), ["pass"]);
    let stats = library.command(&["cache", "stats"]).output().unwrap();
    assert!(String::from_utf8(stats.stdout).unwrap().contains("0 files remembered"));
}

#[test]
fn the_cache_is_told_of_cleared_and_named() {
    let library = library();
    let run = |action: &str| {
        let output = library.command(&["cache", action]).output().unwrap();
        assert_eq!(code(&output), 0, "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let path = run("path");
    assert!(Path::new(path.trim_end()).starts_with(library.cache()));
    assert!(run("stats").starts_with("there is no "));
    library.json(&[]);
    assert!(run("stats").contains("3 files remembered, 2 reports, "));
    assert!(run("clear").starts_with("removed "));
    assert!(run("clear").starts_with("there is no "));
    library.json(&["--no-cache"]);
    assert!(run("stats").starts_with("there is no "), "--no-cache leaves nothing behind");
}

#[test]
fn a_damaged_cache_is_begun_anew() {
    let library = library();
    let first = library.json(&[]);
    let path = library.command(&["cache", "path"]).output().unwrap().stdout;
    let path = String::from_utf8(path).unwrap();
    let path = Path::new(path.trim_end());
    fs::write(path, "no store").unwrap();
    let stats = library.command(&["cache", "stats"]).output().unwrap();
    assert_eq!((code(&stats), fs::read(path).unwrap().as_slice()), (3, &b"no store"[..]), "stats changes nothing");
    let output = library.scan(&["--format", "json"]);
    assert!(stderr(&output).contains("was damaged and is begun anew"), "{}", stderr(&output));
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap(), first);
    let again = library.scan(&[]);
    assert_eq!(stderr(&again), "");
}

#[test]
fn a_cache_that_cannot_be_made_is_done_without() {
    let library = library();
    fs::write(library.cache(), "a file in the way").unwrap();
    let output = library.scan(&["--format", "json"]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("is not used"), "{}", stderr(&output));
    assert_eq!(verdicts(&serde_json::from_slice(&output.stdout).unwrap()), ["pass", "fail"]);
}

#[test]
fn two_scans_at_once_both_answer_and_leave_a_sound_cache() {
    let library = Library::of(200);
    let expected = library.json(&["--no-cache"]);
    for _ in 0..4 {
        let scans: Vec<_> = (0..3)
            .map(|_| {
                library.command(&["scan", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
            })
            .collect();
        for scan in scans {
            let output = scan.unwrap().wait_with_output().unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap(), expected);
        }
    }
    let output = library.scan(&["--format", "json"]);
    assert_eq!(stderr(&output), "");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap(), expected);
}
