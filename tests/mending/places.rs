//! Where results go, and what is never replaced.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::{Desk, code, sample, stderr, stdout};

#[test]
fn a_result_stands_beside_its_source_with_its_permissions() {
    let desk = Desk::with(&["gif-351-frames.gif"]);
    fs::set_permissions(desk.path("gif-351-frames.gif"), fs::Permissions::from_mode(0o640)).unwrap();
    let output = desk.run(&["fix", "gif-351-frames.gif"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("after:  pass"));
    assert_eq!(desk.names(), ["gif-351-frames.fixed.gif", "gif-351-frames.gif"]);
    let mode = fs::metadata(desk.path("gif-351-frames.fixed.gif")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(desk.is_untouched("gif-351-frames.gif"));
    assert_eq!(code(&desk.run(&["check", "gif-351-frames.fixed.gif"])), 0);
}

#[test]
fn a_file_that_is_there_is_replaced_only_if_asked() {
    let desk = Desk::with(&["captions-webvtt.srt"]);
    fs::write(desk.path("out.srt"), "mine").unwrap();
    let output = desk.run(&["fix", "captions-webvtt.srt", "-o", "out.srt"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("out.srt is there already: --overwrite"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(desk.path("out.srt")).unwrap(), "mine");

    let output = desk.run(&["fix", "captions-webvtt.srt", "-o", "out.srt", "--overwrite"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(fs::read_to_string(desk.path("out.srt")).unwrap().starts_with("1\n00:00:"));

    // The source itself is replaced by --in-place only.
    let output = desk.run(&["fix", "captions-webvtt.srt", "-o", "captions-webvtt.srt", "--overwrite"]);
    assert_eq!(code(&output), 3);
    assert!(desk.is_untouched("captions-webvtt.srt"));
}

#[test]
fn in_place_the_source_is_kept_where_that_is_asked() {
    let desk = Desk::with(&["captions-latin-1.srt"]);
    let output = desk.run(&["fix", "captions-latin-1.srt", "--in-place", "--backup"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(desk.names(), ["captions-latin-1.srt", "captions-latin-1.srt.bak"]);
    let kept = fs::read(desk.path("captions-latin-1.srt.bak")).unwrap();
    assert_eq!(kept, fs::read(sample("captions-latin-1.srt")).unwrap());
    assert_ne!(kept, fs::read(desk.path("captions-latin-1.srt")).unwrap());
    // What passes is left alone, and so is a backup.
    let output = desk.run(&["fix", "captions-latin-1.srt", "--in-place", "--backup"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "captions-latin-1.srt: passes as it is\n"));

    fs::copy(sample("captions-latin-1.srt"), desk.path("captions-latin-1.srt")).unwrap();
    let output = desk.run(&["fix", "captions-latin-1.srt", "--in-place", "--backup"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("captions-latin-1.srt.bak is there already"), "{}", stderr(&output));
    assert!(desk.is_untouched("captions-latin-1.srt"));
}

#[test]
fn in_place_a_wrong_extension_becomes_the_right_one() {
    let desk = Desk::with(&["picture-named.jpg"]);
    let output = desk.run(&["fix", "picture-named.jpg", "--in-place"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(desk.names(), ["picture-named.png"]);
    let bytes = fs::read(desk.path("picture-named.png")).unwrap();
    assert_eq!(bytes, fs::read(sample("picture-named.jpg")).unwrap());
}

#[test]
fn several_files_go_into_a_folder() {
    let desk = Desk::with(&["gif-cut-off.gif", "gif-without-trailer.gif", "photo.jpg", "empty.mp4"]);
    let files = ["gif-cut-off.gif", "gif-without-trailer.gif", "photo.jpg", "empty.mp4"];
    let output = desk.run(&[&["fix", "--jobs", "2", "-o", "mended"], &files[..]].concat());
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("need a folder that is there"), "{}", stderr(&output));

    fs::create_dir(desk.path("mended")).unwrap();
    let output = desk.run(&[&["fix", "--jobs", "2", "-o", "mended"], &files[..]].concat());
    // One of them cannot be mended, which does not keep the others.
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let mut names: Vec<_> =
        fs::read_dir(desk.path("mended")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["gif-cut-off.gif", "gif-without-trailer.gif"]);
    assert!(stdout(&output).contains("photo.jpg: passes as it is"));
    assert!(stdout(&output).contains("empty.mp4: not mended\n  stays: empty-file"));
}

#[test]
fn what_is_lossy_is_not_done_where_only_safe_steps_are() {
    let desk = Desk::with(&["gif-351-frames.gif", "gif-cut-off.gif"]);
    let output = desk.run(&["fix", "--safe-only", "gif-351-frames.gif", "gif-cut-off.gif"]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("Only a lossy step clears it: keep 350 of 351 frames"), "{}", stdout(&output));
    assert_eq!(desk.names(), ["gif-351-frames.gif", "gif-cut-off.fixed.gif", "gif-cut-off.gif"]);
}

#[test]
fn a_file_that_is_sent_the_wrong_way_is_not_touched() {
    let desk = Desk::with(&["gif-animated.gif"]);
    let output = desk.run(&["fix", "gif-animated.gif", "--category", "tweet_video"]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("send it as tweet_gif"), "{}", stdout(&output));
    assert_eq!(desk.names(), ["gif-animated.gif"]);
}

#[test]
fn wrong_usage_is_told() {
    let desk = Desk::with(&["photo.jpg"]);
    for (arguments, said) in [
        (&["fix", "photo.jpg", "--backup"][..], "--in-place"),
        (&["fix", "photo.jpg", "--in-place", "-o", "x"], "cannot be used with"),
        (&["plan", "photo.jpg", "--trim", "5"], "expected a start and an end"),
        (&["plan", "photo.jpg", "--trim", "0:5", "--split"], "cannot be used with"),
    ] {
        let output = desk.run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
    let output = desk.run(&["fix", "no-such-file.mp4"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("no-such-file.mp4: "), "{}", stderr(&output));
}
