//! What goes wrong on the way: the source stays as it is, and there is no half file under the final name.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::{Desk, code, sample, stderr, stdout};

const FILM: &str = "video-422.mp4";

#[test]
fn without_ffmpeg_it_says_what_to_install_and_plans_still_work() {
    let desk = Desk::with(&[FILM]);
    let output = desk.run(&["fix", FILM]);
    assert_eq!(code(&output), 5);
    let said = stderr(&output);
    assert!(said.contains("install ffmpeg 5.1 or later") && said.contains("--ffmpeg PATH"), "{said}");
    assert_eq!(desk.names(), [FILM]);

    let plan = desk.command(&["plan", FILM]).env("PATH", "").output().unwrap();
    assert_eq!(code(&plan), 0);
    assert!(stdout(&plan).contains("$ ffmpeg -hide_banner"));
}

#[test]
fn an_ffmpeg_without_the_encoder_is_told_from_a_broken_file() {
    let desk = Desk::with(&[FILM]);
    desk.ffmpeg("echo \"Unknown encoder 'libx264'\" >&2\nexit 1");
    let output = desk.run(&["fix", FILM]);
    assert_eq!((code(&output), desk.names()), (5, vec![FILM.to_owned()]));
    assert!(stderr(&output).contains("has no encoder libx264"), "{}", stderr(&output));
    let output = desk.run(&["ladder", "--make", FILM]);
    assert_eq!((code(&output), desk.names()), (5, vec![FILM.to_owned()]));
    assert!(stderr(&output).contains("has no encoder libx264"), "{}", stderr(&output));
}

#[test]
fn an_ffmpeg_that_fails_leaves_nothing_and_its_last_words_are_shown() {
    let desk = Desk::with(&[FILM]);
    desk.ffmpeg("echo half > \"$out\"\necho 'Conversion failed!' >&2\nexit 69");
    let output = desk.run(&["fix", FILM]);
    assert_eq!((code(&output), desk.names()), (3, vec![FILM.to_owned()]));
    assert!(stderr(&output).contains("Conversion failed!") && stderr(&output).contains(FILM), "{}", stderr(&output));
    assert!(desk.is_untouched(FILM));
}

#[test]
fn a_killed_ffmpeg_leaves_nothing() {
    let desk = Desk::with(&[FILM]);
    desk.ffmpeg("echo half > \"$out\"\nkill -9 $$");
    let output = desk.run(&["fix", FILM, "-o", "out.mp4"]);
    assert_eq!((code(&output), desk.names()), (3, vec![FILM.to_owned()]));
    assert!(desk.is_untouched(FILM));
}

#[test]
fn what_does_not_pass_is_thrown_away_with_both_reports_shown() {
    let desk = Desk::with(&[FILM]);
    // It claims to have done it.
    desk.ffmpeg(&format!("cp '{}' \"$out\"", sample("video-hevc.mp4").display()));
    let output = desk.run(&["fix", FILM]);
    assert_eq!((code(&output), desk.names()), (1, vec![FILM.to_owned()]));
    let said = stdout(&output);
    assert!(said.contains("before: fail (chroma-not-420") && said.contains("result: fail (video-codec"), "{said}");
}

#[test]
fn what_passes_and_is_another_film_is_thrown_away() {
    let desk = Desk::with(&[FILM]);
    desk.ffmpeg(&format!("cp '{}' \"$out\"", sample("video.mp4").display()));
    let output = desk.run(&["fix", "--in-place", FILM]);
    assert_eq!((code(&output), desk.names()), (1, vec![FILM.to_owned()]), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("result: pass") && said.contains("error duration: it lasts 0.6 s, 400 ms shorter"), "{said}");
    assert!(desk.is_untouched(FILM));

    // The same film is taken, and the answer says what was proved.
    desk.ffmpeg(&format!("cp '{}' \"$out\"", sample("video-fragmented.mp4").display()));
    let output = desk.run(&["fix", FILM]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("compared with the source: the same"), "{}", stdout(&output));
}

#[test]
fn what_is_made_of_matroska_is_compared_with_it() {
    // As much of a Matroska file as its name needs.
    let mut header = vec![0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x88];
    header.extend(b"matroska");
    let desk = Desk::with(&[]);
    fs::write(desk.path("film.mkv"), &header).unwrap();
    desk.ffmpeg(&format!("cp '{}' \"$out\"", sample("video.mp4").display()));
    let output = desk.run(&["fix", "film.mkv", "-o", "a.mp4"]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said} {}", stderr(&output));
    assert!(said.contains("not compared with the source: it is damaged before its tracks could be read"), "{said}");

    // A segment that is cut off behind a track of 100x100 pixels, which the result is not.
    let video = [&[0xe0, 0x86, 0xb0, 0x81, 100, 0xba, 0x81, 100][..], &[0x83, 0x81, 1, 0xd7, 0x81, 1]].concat();
    let size = |bytes: &[u8]| 0x80 | u8::try_from(bytes.len()).unwrap();
    let entry = [&[0xae, size(&video)][..], &video].concat();
    let tracks = [&[0x16, 0x54, 0xae, 0x6b, size(&entry)][..], &entry].concat();
    header.extend([0x18, 0x53, 0x80, 0x67, 0xc0]);
    header.extend(tracks);
    fs::write(desk.path("film.mkv"), &header).unwrap();
    let output = desk.run(&["fix", "film.mkv", "-o", "b.mp4"]);
    let said = stdout(&output);
    assert_eq!((code(&output), desk.path("b.mp4").exists()), (1, false), "{said} {}", stderr(&output));
    assert!(said.contains("error display-aspect: "), "{said}");
    assert!(said.contains("ends inside Segment at offset"), "{said}");
}

#[test]
fn tracks_that_only_the_source_has_are_told_and_not_lost_with_it() {
    let size = |bytes: &[u8]| 0x80 | u8::try_from(bytes.len()).unwrap();
    let held = |id: &[u8], body: &[u8]| [id, &[size(body)], body].concat();
    let header = held(&[0x1a, 0x45, 0xdf, 0xa3], &held(&[0x42, 0x82], b"matroska"));
    let picture = held(&[0xe0], &[0xb0, 0x82, 0x05, 0x00, 0xba, 0x82, 0x02, 0xd0]);
    let video = [&[0x83, 0x81, 1, 0xd7, 0x81, 1][..], &picture].concat();
    let subtitles = [0x83, 0x81, 0x11, 0xd7, 0x81, 2];
    let tracks = [held(&[0xae], &video), held(&[0xae], &subtitles)].concat();
    let segment = held(&[0x18, 0x53, 0x80, 0x67], &held(&[0x16, 0x54, 0xae, 0x6b], &tracks));
    let desk = Desk::with(&[]);
    desk.ffmpeg(&format!("cp '{}' \"$out\"", sample("video.mp4").display()));
    let film = [header, segment].concat();
    fs::write(desk.path("film.mkv"), &film).unwrap();

    let output = desk.run(&["fix", "film.mkv", "--in-place"]);
    let said = stdout(&output);
    assert_eq!(code(&output), 1, "{said} {}", stderr(&output));
    assert!(said.contains("1 of subtitles") && said.contains("--backup keeps it"), "{said}");
    assert_eq!(fs::read(desk.path("film.mkv")).unwrap(), film);

    let output = desk.run(&["fix", "film.mkv", "--in-place", "--backup"]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said} {}", stderr(&output));
    assert!(said.contains("note: Compared with the source: the source has 1 of video, 1 of subtitles"), "{said}");
    assert_eq!(fs::read(desk.path("film.mkv.bak")).unwrap(), film);
}

#[test]
fn the_answer_says_what_was_done_and_not_only_what_was_planned_first() {
    let desk = Desk::with(&[]);
    fs::write(desk.path("film.flv"), b"FLV\x01\x05\0\0\0\x09").unwrap();
    let copied = |sample_name: &str| format!("cp '{}' \"$out\"", sample(sample_name).display());
    let (wrong, right) = (copied(FILM), copied("video-fragmented.mp4"));

    desk.ffmpeg(&right);
    let output = desk.run(&["fix", "film.flv", "-o", "a.mp4"]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said} {}", stderr(&output));
    assert!(said.contains("  copy its streams into an MP4, and look at that (copy, nothing is lost)\n"), "{said}");
    assert!(said.contains("not compared with the source: Flash video is not read here"), "{said}");

    // What the copy shows is mended in turn.
    desk.ffmpeg(&format!("case \"$*\" in *libx264*) {right};; *) {wrong};; esac"));
    let output = desk.run(&["fix", "film.flv", "-o", "b.mp4"]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said} {}", stderr(&output));
    assert!(said.contains("copy its streams into an MP4") && said.contains("encode the video as H.264"), "{said}");
    assert!(said.contains("compared with its streams as they were copied"), "{said}");

    // What is in no way the copy is thrown away.
    let other = copied("video.mp4");
    desk.ffmpeg(&format!("case \"$*\" in *libx264*) {other};; *) {wrong};; esac"));
    let output = desk.run(&["fix", "film.flv", "-o", "c.mp4"]);
    assert_eq!((code(&output), desk.path("c.mp4").exists()), (1, false), "{}", stdout(&output));

    // Sound that no copy takes.
    desk.ffmpeg(&format!("case \"$*\" in *'-c:a aac'*) {right};; *) exit 1;; esac"));
    let output = desk.run(&["fix", "film.flv", "-o", "d.mp4"]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said} {}", stderr(&output));
    assert!(said.contains("encode its sound as AAC LC (the sound is encoded anew)"), "{said}");
    assert!(!said.contains("nothing is lost"), "{said}");
}

#[test]
fn a_result_that_came_out_too_large_is_planned_for_once_more() {
    let desk = Desk::with(&[FILM]);
    let pack = "name = \"small\"\nextends = \"twitter\"\n[limits.file-too-large]\nvalue = 300\nunit = \"KiB\"\n\
                level = \"must\"\nbasis = \"heuristic\"\nsource = \"experience: a test\"\n";
    fs::write(desk.path("small.toml"), pack).unwrap();
    // The first result is too large, and the second attempt asks for less.
    desk.ffmpeg(&format!(
        "[ -e \"$0.log\" ] && small=y\necho \"$*\" >> \"$0.log\"\n\
         if [ \"$small\" ]; then cp '{}' \"$out\"; else cp '{}' \"$out\"; fi",
        sample("video-fragmented.mp4").display(),
        sample("video.mp4").display(),
    ));
    let output = desk.run(&["fix", FILM, "--pack", "small.toml"]);
    let log = fs::read_to_string(desk.tools.path().join("ffmpeg.log")).unwrap();
    let rates: Vec<u64> = log
        .lines()
        .map(|line| line.split("-maxrate ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert!(rates.len() == 2 && rates[1] < rates[0], "{log}");
    assert_eq!(code(&output), 0, "{} {}", stdout(&output), stderr(&output));
}

#[test]
fn an_interrupt_ends_ffmpeg_and_leaves_nothing() {
    let desk = Desk::with(&[FILM]);
    let pipe = desk.tools.path().join("started");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    desk.ffmpeg(&format!("echo half > \"$out\"\necho $$ > '{}'\nexec sleep 1000", pipe.display()));
    let child = desk.command(&["fix", FILM]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ffmpeg = String::new();
    fs::File::open(&pipe).unwrap().read_to_string(&mut ffmpeg).unwrap();
    assert_eq!(desk.names().len(), 2);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), desk.names()), (130, vec![FILM.to_owned()]));
    assert!(!is_alive(ffmpeg.trim()), "ffmpeg is still there");
    assert!(desk.is_untouched(FILM));
}

#[test]
fn an_ffmpeg_that_says_nothing_more_is_still_interrupted() {
    let desk = Desk::with(&[FILM]);
    let pipe = desk.tools.path().join("started");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    desk.ffmpeg(&format!("exec >&-\nexec 2>&-\necho $$ > '{}'\nexec sleep 1000", pipe.display()));
    let child = desk.command(&["fix", FILM]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ffmpeg = String::new();
    fs::File::open(&pipe).unwrap().read_to_string(&mut ffmpeg).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), desk.names()), (130, vec![FILM.to_owned()]));
    assert!(!is_alive(ffmpeg.trim()), "ffmpeg is still there");
}

#[test]
fn what_ffmpeg_leaves_behind_is_not_waited_for() {
    let desk = Desk::with(&[FILM]);
    let result = sample("video-fragmented.mp4");
    desk.ffmpeg(&format!("cp '{}' \"$out\"\nsleep 1000 &\necho $! > \"$0.left\"", result.display()));
    let output = desk.command(&["fix", FILM]).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let left = fs::read_to_string(desk.tools.path().join("ffmpeg.left")).unwrap();
    assert!(Command::new("kill").arg(left.trim()).status().unwrap().success());
    assert_eq!(output.code(), Some(0));
}

#[test]
fn what_is_no_program_is_told_like_a_missing_one() {
    let desk = Desk::with(&[FILM]);
    fs::write(desk.tools.path().join("ffmpeg"), "").unwrap();
    let output = desk.run(&["fix", FILM]);
    assert_eq!((code(&output), desk.names()), (5, vec![FILM.to_owned()]));
    assert!(stderr(&output).contains("not executable"), "{}", stderr(&output));
}

#[test]
fn a_kill_of_the_program_ends_ffmpeg_and_the_next_run_clears_up() {
    for (command, rest) in [("fix", &["--in-place"][..]), ("ladder", &["--make"])] {
        let desk = Desk::with(&[FILM]);
        // What is read from the pipe ends when ffmpeg does, since nothing else holds it.
        let pipe = desk.tools.path().join("alive");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        desk.ffmpeg(&format!("echo half > \"$out\"\nexec > '{}'\necho started\nexec sleep 1000", pipe.display()));
        let mut child = desk.command(&[&[command, FILM], rest].concat()).stdout(Stdio::null()).spawn().unwrap();
        let mut alive = BufReader::new(fs::File::open(&pipe).unwrap());
        alive.read_line(&mut String::new()).unwrap();
        let unfinished = desk.names().into_iter().filter(|name| name.starts_with(".preflight-unfinished-")).count();
        assert!(unfinished > 0 && desk.names().len() == unfinished + 1, "{:?}", desk.names());

        // What is in use is not taken away.
        let other = desk.run(&["fix", "no-such-file.mp4"]);
        assert_eq!((code(&other), desk.names().len()), (3, unfinished + 1), "{}", stderr(&other));

        child.kill().unwrap();
        child.wait().unwrap();
        if cfg!(target_os = "linux") {
            alive.read_to_string(&mut String::new()).unwrap();
        }
        assert!(desk.is_untouched(FILM));
        assert_eq!(desk.names().len(), unfinished + 1);

        desk.ffmpeg("exit 1");
        let output = desk.run(&[&[command, FILM], rest].concat());
        assert_eq!((code(&output), desk.names()), (3, vec![FILM.to_owned()]), "{}", stderr(&output));
        let told = stderr(&output).matches("left unfinished by a run that was killed, and removed").count();
        assert_eq!(told, unfinished, "{}", stderr(&output));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_ends_ffmpeg_unless_the_program_is_to_outlive_it() {
    let desk = Desk::with(&[FILM]);
    let pipe = desk.tools.path().join("started");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let result = sample("video-fragmented.mp4");
    // Under nohup it goes on, and here it is let go on by a second pipe.
    let on = desk.tools.path().join("on");
    assert!(Command::new("mkfifo").arg(&on).status().unwrap().success());
    desk.ffmpeg(&format!(
        "echo $$ > '{}'\nread word < '{}'\ncp '{}' \"$out\"",
        pipe.display(),
        on.display(),
        result.display()
    ));
    let hang_up = |arguments: &str, goes_on: bool| {
        let program = assert_cmd::cargo::cargo_bin!("preflight");
        let ffmpeg = desk.tools.path().join("ffmpeg");
        let script = format!("{arguments} exec '{}' fix --ffmpeg '{}' {FILM}", program.display(), ffmpeg.display());
        // These tests may themselves be run by nohup, which processes inherit.
        let mut shell = Command::new("env");
        shell
            .args(["--default-signal=HUP", "sh", "-c"])
            .arg(script)
            .current_dir(desk.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = shell.spawn().unwrap();
        let mut ffmpeg = String::new();
        fs::File::open(&pipe).unwrap().read_to_string(&mut ffmpeg).unwrap();
        assert!(Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap().success());
        if goes_on {
            fs::write(&on, "on\n").unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert!(!is_alive(ffmpeg.trim()), "ffmpeg is still there");
        output
    };
    let output = hang_up("", false);
    assert_eq!((code(&output), desk.names()), (130, vec![FILM.to_owned()]), "{}", stderr(&output));
    let output = hang_up("trap '' HUP;", true);
    assert_eq!((code(&output), desk.names().len()), (0, 2), "{}", stderr(&output));
}

#[test]
fn a_missing_ffmpeg_and_one_that_is_no_program_are_told_by_all_who_run_it() {
    let desk = Desk::with(&[FILM]);
    fs::write(desk.tools.path().join("text"), "").unwrap();
    let text = desk.tools.path().join("text");
    for command in [&["fix", FILM][..], &["ladder", "--make", FILM], &["compare", "--quality", FILM, FILM]] {
        let run = |ffmpeg: &std::path::Path| {
            let program = assert_cmd::cargo::cargo_bin!("preflight");
            let mut run = Command::new(program);
            run.current_dir(desk.folder.path()).args(command).arg("--ffmpeg").arg(ffmpeg).output().unwrap()
        };
        let output = run("no-such-ffmpeg".as_ref());
        assert_eq!((code(&output), desk.names()), (5, vec![FILM.to_owned()]), "{}", stderr(&output));
        assert!(stderr(&output).contains("no-such-ffmpeg is not installed"), "{}", stderr(&output));
        let output = run(&text);
        assert_eq!((code(&output), desk.names()), (5, vec![FILM.to_owned()]), "{}", stderr(&output));
        assert!(stderr(&output).contains("not executable"), "{}", stderr(&output));
    }
}

#[test]
fn a_full_disk_leaves_nothing() {
    let desk = Desk::with(&["gif-351-frames.gif"]);
    let program = assert_cmd::cargo::cargo_bin!("preflight");
    let script = format!("ulimit -f 1\nexec '{}' fix gif-351-frames.gif", program.display());
    let output = Command::new("sh").arg("-c").arg(script).current_dir(desk.folder.path()).output().unwrap();
    assert_eq!((code(&output), desk.names()), (3, vec!["gif-351-frames.gif".to_owned()]));
    assert!(stderr(&output).contains("File too large"), "{}", stderr(&output));
    assert!(desk.is_untouched("gif-351-frames.gif"));
}

#[test]
fn a_full_disk_under_ffmpeg_leaves_nothing() {
    let desk = Desk::with(&[FILM]);
    desk.ffmpeg("yes | head -c 100000 > \"$out\" || exit 1\n[ $(wc -c < \"$out\") = 100000 ] || exit 1");
    let program = assert_cmd::cargo::cargo_bin!("preflight");
    let ffmpeg = desk.tools.path().join("ffmpeg");
    let script = format!("ulimit -f 8\nexec '{}' fix --ffmpeg '{}' {FILM}", program.display(), ffmpeg.display());
    let output = Command::new("sh").arg("-c").arg(script).current_dir(desk.folder.path()).output().unwrap();
    assert_eq!((code(&output), desk.names()), (3, vec![FILM.to_owned()]), "{}", stderr(&output));
    assert!(desk.is_untouched(FILM));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_file_is_named() {
    let desk = Desk::with(&["gif-351-frames.gif"]);
    for out in ["/proc/mended.gif", "no/such/folder/mended.gif"] {
        let output = desk.run(&["fix", "gif-351-frames.gif", "-o", out]);
        assert_eq!(code(&output), 3);
        let folder = out.rsplit_once('/').unwrap().0;
        assert!(stderr(&output).contains(folder), "{}", stderr(&output));
    }
    assert_eq!(desk.names(), ["gif-351-frames.gif"]);
}

fn is_alive(process: &str) -> bool {
    Command::new("kill").args(["-0", process]).stderr(Stdio::null()).status().unwrap().success()
}
