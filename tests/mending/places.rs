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
    assert_eq!(code(&output), 2);
    assert!(desk.is_untouched("captions-webvtt.srt"));
}

#[test]
fn a_result_never_replaces_a_source_of_the_run() {
    let desk = Desk::with(&["captions-webvtt.srt", "gif-cut-off.gif"]);
    fs::copy(sample("captions-latin-1.srt"), desk.path("captions-webvtt.fixed.srt")).unwrap();
    let names = desk.names();
    for sources in [
        ["captions-webvtt.srt", "captions-webvtt.fixed.srt"],
        ["captions-webvtt.fixed.srt", "captions-webvtt.srt"],
        ["captions-webvtt.srt", "./captions-webvtt.fixed.srt"],
    ] {
        let output = desk.run(&[&["fix", "--overwrite", "gif-cut-off.gif"], &sources[..]].concat());
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert!(stderr(&output).contains("is a source of this run"), "{}", stderr(&output));
        // Not even the file that has nothing to do with it.
        assert_eq!(desk.names(), names);
        assert!(desk.is_untouched("captions-webvtt.srt"));
    }
}

#[test]
fn two_results_never_have_one_name() {
    let desk = Desk::with(&[]);
    for folder in ["a", "b", "out"] {
        fs::create_dir(desk.path(folder)).unwrap();
    }
    fs::copy(sample("captions-webvtt.srt"), desk.path("a/x.srt")).unwrap();
    fs::copy(sample("captions-latin-1.srt"), desk.path("b/x.srt")).unwrap();
    for flags in [&["-o", "out"][..], &["-o", "out", "--overwrite"]] {
        let output = desk.run(&[&["fix", "a/x.srt", "b/x.srt"], flags].concat());
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert!(stderr(&output).contains("would both become out/x.srt"), "{}", stderr(&output));
        assert_eq!(fs::read_dir(desk.path("out")).unwrap().count(), 0);
    }
    // One file under two names is mended twice.
    for flags in [&["--in-place", "--jobs", "2"][..], &["-o", "out"]] {
        let output = desk.run(&[&["fix", "a/x.srt", "./b/../a/x.srt"], flags].concat());
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert_eq!(fs::read(desk.path("a/x.srt")).unwrap(), fs::read(sample("captions-webvtt.srt")).unwrap());
    }
}

#[test]
fn in_place_a_link_stays_and_what_it_leads_to_is_mended() {
    let desk = Desk::with(&[]);
    fs::create_dir(desk.path("real")).unwrap();
    fs::copy(sample("captions-latin-1.srt"), desk.path("real/text.srt")).unwrap();
    std::os::unix::fs::symlink("real/text.srt", desk.path("link.srt")).unwrap();
    let output = desk.run(&["fix", "link.srt", "--in-place", "--backup"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(fs::read_link(desk.path("link.srt")).unwrap().to_str(), Some("real/text.srt"));
    assert_eq!(desk.names(), ["link.srt", "real"]);
    assert_eq!(code(&desk.run(&["check", "real/text.srt"])), 0);
    let kept = fs::read(desk.path("real/text.srt.bak")).unwrap();
    assert_eq!(kept, fs::read(sample("captions-latin-1.srt")).unwrap());

    // Under another name the link would lead nowhere.
    fs::copy(sample("picture-named.jpg"), desk.path("real/picture.jpg")).unwrap();
    std::os::unix::fs::symlink("real/picture.jpg", desk.path("picture.jpg")).unwrap();
    let output = desk.run(&["fix", "picture.jpg", "--in-place"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("picture.jpg is a link to"), "{}", stderr(&output));
    assert_eq!(desk.names(), ["link.srt", "picture.jpg", "real"]);
    assert!(desk.path("real/picture.jpg").exists());
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
fn a_folder_that_is_written_as_one_is_made() {
    let desk = Desk::with(&["gif-cut-off.gif"]);
    let output = desk.run(&["fix", "gif-cut-off.gif", "-o", "out/mended/"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(desk.path("out/mended/gif-cut-off.gif").is_file());
}

#[test]
fn a_result_does_not_get_the_name_of_another_format() {
    let desk = Desk::with(&["gif-cut-off.gif"]);
    let output = desk.run(&["fix", "gif-cut-off.gif", "-o", "a.png"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("a.png is the name of another format than what is made, which is gif"));
    assert_eq!(desk.names(), ["gif-cut-off.gif"]);
    assert_eq!(code(&desk.run(&["fix", "gif-cut-off.gif", "-o", "a.GIF"])), 0);
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
        (&["fix", "-"], "standard input cannot be mended"),
        (&["plan", "-"], "standard input cannot be mended"),
        (&["plan", "photo.jpg", "--trim", "5"], "expected a start and an end"),
        (&["plan", "photo.jpg", "--trim", "0:5", "--split"], "cannot be used with"),
    ] {
        let output = desk.run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
    let output = desk.run(&["fix", "no-such-file.mp4"]);
    assert_eq!(code(&output), 3);
    assert_eq!(stderr(&output), "error: no-such-file.mp4: No such file or directory\n");
}

#[test]
fn a_file_that_changes_before_its_turn_comes_is_looked_at_again() {
    let desk = Desk::with(&["video-422.mp4", "captions-latin-1.srt"]);
    // While the first one is mended, somebody puts captions that pass in the place of the second.
    let (film, captions) = (sample("video-fragmented.mp4"), sample("captions.srt"));
    desk.ffmpeg(&format!("cp '{}' \"$out\"; cp '{}' captions-latin-1.srt", film.display(), captions.display()));
    let output = desk.run(&["fix", "video-422.mp4", "captions-latin-1.srt"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("captions-latin-1.srt: passes as it is"), "{}", stdout(&output));
    assert_eq!(desk.names(), ["captions-latin-1.srt", "video-422.fixed.mp4", "video-422.mp4"]);
}
