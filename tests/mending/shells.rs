//! The commands of plans, run by real shells.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::{Desk, code, sample, stdout};

/// Names that a shell, or ffmpeg, could take for something else.
const NAMES: [&str; 6] =
    ["it's a $(film) \"x\" é.mp4", "-rf.mp4", "a:b.mp4", "a;b & c|d.mp4", "new\nline.mp4", "%s [0] *? ~ #!.mp4"];

/// The commands of a plan as JSON has them.
fn commands(desk: &Desk, name: &str) -> Vec<Vec<String>> {
    let output = desk.run(&["plan", "--format", "json", "--", name]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    serde_json::from_value(answer["files"][0]["commands"].clone()).unwrap()
}

/// What a program is given by a script: its arguments, each in front of a NUL.
fn given(desk: &Desk, shell: &str, script: &str) -> Vec<String> {
    desk.ffmpeg("for word; do printf '%s\\0' \"$word\" >> \"$0.given\"; done");
    let path = format!("{}:{}", desk.tools.path().display(), std::env::var("PATH").unwrap());
    let output = Command::new(shell).arg("-c").arg(script).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let given = desk.tools.path().join("ffmpeg.given");
    let words = fs::read_to_string(&given).unwrap();
    fs::remove_file(given).unwrap();
    words.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn a_posix_shell_gives_ffmpeg_the_very_words() {
    let desk = Desk::with(&[]);
    for name in NAMES {
        fs::copy(sample("video-422.mp4"), desk.path(name)).unwrap();
        let script = stdout(&desk.run(&["plan", "--format", "sh", "--", name]));
        let commands = commands(&desk, name);
        assert_eq!(given(&desk, "sh", &script), commands[0][1..], "{name}");
    }
}

#[test]
fn the_name_of_an_image_is_no_pattern() {
    let desk = Desk::with(&[]);
    fs::copy(sample("bitmap.bmp"), desk.path("im%d.bmp")).unwrap();
    let words = commands(&desk, "im%d.bmp").remove(0);
    // Left to itself, ffmpeg reads im1.bmp for this name.
    assert!(words.join(" ").contains("-f bmp_pipe -i im%d.bmp "), "{words:?}");
}

#[test]
fn powershell_gives_ffmpeg_the_very_words() {
    let is_there = Command::new("pwsh").arg("-Version").output().is_ok();
    if !is_there {
        return;
    }
    let desk = Desk::with(&[]);
    for name in NAMES {
        fs::copy(sample("video-422.mp4"), desk.path(name)).unwrap();
        let script = stdout(&desk.run(&["plan", "--format", "powershell", "--", name]));
        let commands = commands(&desk, name);
        assert_eq!(given(&desk, "pwsh", &script), commands[0][1..], "{name}");
    }
}

#[test]
fn what_is_done_in_process_is_a_command_too() {
    let desk = Desk::with(&["gif-351-frames.gif", "video.mp4"]);
    let output = desk.run(&["plan", "--format", "sh", "gif-351-frames.gif", "video.mp4"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "preflight fix -- gif-351-frames.gif\n"));
}

#[test]
fn the_command_does_what_was_planned() {
    let desk = Desk::with(&[]);
    fs::copy(sample("gif-351-frames.gif"), desk.path("-g.gif")).unwrap();
    for format in ["human", "sh"] {
        let arguments = ["plan", "--format", format, "--warnings", "-o", "x y.gif", "-c", "tweet_gif", "--", "-g.gif"];
        let said = stdout(&desk.run(&arguments));
        let command = "preflight fix --warnings --category=tweet_gif '--output=x y.gif' -- -g.gif\n";
        assert!(said.ends_with(command), "{said}");
        let line = said.lines().last().unwrap().trim_start_matches("  $ ").replacen("preflight", "\"$0\"", 1);
        let program = assert_cmd::cargo::cargo_bin!("preflight");
        let output =
            Command::new("sh").arg("-c").arg(line).arg(program).current_dir(desk.folder.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        fs::remove_file(desk.path("x y.gif")).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_no_command_can_write_is_told() {
    use std::os::unix::ffi::OsStrExt;

    let desk = Desk::with(&[]);
    let name = std::ffi::OsStr::from_bytes(b"x\xff.mp4");
    fs::copy(sample("video-422.mp4"), desk.folder.path().join(name)).unwrap();
    for format in ["human", "sh", "powershell"] {
        let said = stdout(&desk.command(&["plan", "--format", format]).arg(name).output().unwrap());
        assert!(said.contains("not valid Unicode") && !said.contains("ffmpeg -hide_banner"), "{said}");
    }
    fs::copy(sample("video-422.mp4"), desk.path("new\nline.mp4")).unwrap();
    let said = stdout(&desk.run(&["plan", "new\nline.mp4"]));
    assert!(said.contains("--format sh writes the command") && !said.contains("$ ffmpeg"), "{said}");
}

#[test]
fn only_films_have_parts_and_only_as_long_as_they_are() {
    let desk = Desk::with(&["picture.png", "video-422.mp4", "video.mp4"]);
    let output = desk.run(&["fix", "--trim", "0:1", "picture.png"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains("passes as it is") && stdout(&output).contains("Only films have parts"));
    // It is one second long.
    let output = desk.run(&["plan", "--trim", "2:3", "video-422.mp4"]);
    assert_eq!(code(&output), 1, "{}", stdout(&output));
    assert!(stdout(&output).contains("stays: trim: The film ends at 1 s"), "{}", stdout(&output));
    let output = desk.run(&["plan", "--trim", "0.5:3", "video-422.mp4"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains("keep the part from 0.5 s to 1 s"), "{}", stdout(&output));
    // All of it is no part.
    let output = desk.run(&["plan", "--trim", "0:3", "video.mp4"]);
    assert!(stdout(&output).contains("nothing has to be done"), "{}", stdout(&output));
}

#[test]
fn what_stays_is_a_comment_and_fails_the_plan() {
    let desk = Desk::with(&["video-141-seconds.mp4"]);
    let output = desk.run(&["plan", "--format", "sh", "video-141-seconds.mp4"]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).starts_with("# video-141-seconds.mp4: duration-too-long: "), "{}", stdout(&output));

    let output = desk.run(&["plan", "--format", "sh", "--split", "video-141-seconds.mp4"]);
    let script = stdout(&output);
    assert_eq!((code(&output), script.lines().count()), (0, 2), "{script}");
    assert!(script.lines().next().unwrap().ends_with("video-141-seconds.part1.mp4"));
    assert!(script.contains("-to 70.5") && script.contains("-ss 70.5"), "{script}");
}

#[test]
fn the_steps_of_a_plan_name_what_they_clear() {
    let desk = Desk::with(&["video-1920x1080.mp4", "video-5.1-audio.mp4"]);
    let output = desk.run(&["plan", "--format", "json", "video-1920x1080.mp4", "video-5.1-audio.mp4"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = |file: usize| {
        let steps = answer["files"][file]["steps"].as_array().unwrap().clone();
        steps
            .into_iter()
            .map(|step| (step["action"].clone(), step["safe"].clone(), step["clears"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(steps(0).len(), 2);
    for (_, safe, clears) in steps(0) {
        assert_eq!(safe, false);
        assert!(clears.as_array().unwrap().contains(&"dimensions-too-large".into()));
    }
    assert_eq!(steps(1)[0].0, "encode-sound");
    assert!(answer["files"][1]["estimate"]["bytes"].as_u64() < answer["files"][1]["estimate"]["cap"].as_u64());
}
