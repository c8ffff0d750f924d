//! The commands of plans, run by real shells.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::{Desk, code, sample, stdout};

/// Names that a shell, or ffmpeg, could take for something else.
const NAMES: [&str; 9] = [
    "it's a $(film) \"x\" é.mp4",
    "-rf.mp4",
    "a:b.mp4",
    "a;b & c|d.mp4",
    "new\nline.mp4",
    "%s [0] *? ~ #!.mp4",
    "\\'\x1b[31m\u{202e}\t.mp4",
    "=‘x’ ‚y‛ “z”.mp4",
    "\n%d\\n.mp4",
];

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
    fs::write(desk.path("im%d.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    let words = commands(&desk, "im%d.svg").remove(0);
    // Left to itself, ffmpeg reads im1.svg for this name.
    assert!(words.join(" ").contains("-f svg_pipe -i im%d.svg "), "{words:?}");

    fs::copy(sample("gif-animated.gif"), desk.path("im%d.gif")).unwrap();
    let film = desk.run(&["plan", "--format", "sh", "--gif-as", "video", "im%d.gif"]);
    assert!(stdout(&film).contains("-f gif -i im%d.gif "), "{}", stdout(&film));
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
    let desk = Desk::with(&["gif-cut-off.gif", "video.mp4"]);
    let output = desk.run(&["plan", "--format", "sh", "gif-cut-off.gif", "video.mp4"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "preflight fix gif-cut-off.gif\n"));
}

/// Runs what a plan printed, with this program and the script for ffmpeg where the shell looks for them.
fn run_script(desk: &Desk, script: &str) -> std::process::Output {
    let program = assert_cmd::cargo::cargo_bin!("preflight").parent().unwrap().to_owned();
    let path = std::env::join_paths([desk.tools.path().to_owned(), program]).unwrap();
    let rest = std::env::var_os("PATH").unwrap();
    let path = [path, rest].join(":".as_ref());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).env("PATH", path).current_dir(desk.folder.path()).output().unwrap()
}

/// The commands that a plan shows to people.
fn shown(said: &str) -> Vec<String> {
    said.lines().filter_map(|line| line.strip_prefix("  $ ")).map(str::to_owned).collect()
}

#[test]
fn every_option_that_a_plan_was_made_with_is_in_its_command() {
    let desk = Desk::with(&["gif-351-frames.gif", "captions-latin-1.srt"]);
    let pack = "name = \"mine\"\nextends = \"twitter\"\n";
    fs::write(desk.path("my pack.toml"), pack).unwrap();
    fs::write(desk.path("my config.toml"), "ignore = [\"static-gif\"]\n").unwrap();
    let all = [
        "--safe-only --warnings --trim 1/3:2.5 --category subtitles --pack",
        "my pack.toml",
        "--select subtitle-encoding,open-gop --ignore open-gop --deep --gif-as gif --config",
        "my config.toml",
        "-o",
        "x y.srt",
    ];
    let mut arguments = vec!["plan", "--format", "sh"];
    for (index, part) in all.iter().enumerate() {
        if index % 2 == 0 { arguments.extend(part.split(' ')) } else { arguments.push(part) }
    }
    arguments.push("captions-latin-1.srt");
    // What is not UTF-8 is guessed, which is no safe step.
    arguments.retain(|word| *word != "--safe-only");
    let said = stdout(&desk.run(&arguments));
    assert_eq!(
        said,
        "preflight fix --warnings --trim=1/3-2.5 --gif-as=gif --deep --category=subtitles '--pack=my pack.toml' \
         --select=subtitle-encoding,open-gop --ignore=open-gop '--config=my config.toml' '--output=x y.srt' \
         captions-latin-1.srt\n"
    );
    let output = run_script(&desk, &said);
    assert!(output.status.success() && desk.path("x y.srt").exists(), "{output:?}");

    // Without the rule there is nothing to mend, with one command or the other.
    for flags in
        [&["--ignore", "subtitle-encoding"][..], &["--select", "open-gop"], &["--no-config", "--select", "open-gop"]]
    {
        let output = desk.run(&[&["plan", "--format", "sh", "captions-latin-1.srt"], flags].concat());
        assert_eq!((code(&output), stdout(&output).as_str()), (0, ""), "{flags:?}");
    }
    let said = stdout(&desk.run(&["plan", "--no-config", "--safe-only", "gif-351-frames.gif", "--gif-as", "gif"]));
    assert!(shown(&said).is_empty() && said.contains("Only a lossy step"), "{said}");
}

#[test]
fn what_is_only_the_first_run_of_ffmpeg_is_told_and_the_script_mends_all_of_it() {
    // As much of a Matroska file as its name needs.
    let mut header = vec![0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x88];
    header.extend(b"matroska");
    let desk = Desk::with(&[]);
    fs::write(desk.path("-a film.mkv"), header).unwrap();
    // MP4 takes none of its streams, and QuickTime all.
    let result = sample("video-turned.mov");
    desk.ffmpeg(&format!("case \"$out\" in *.mov) cp '{}' \"$out\";; *) exit 1;; esac", result.display()));
    let said = stdout(&desk.run(&["plan", "--", "-a film.mkv"]));
    let commands = shown(&said);
    assert_eq!(commands[0], "preflight fix -- '-a film.mkv'");
    assert!(commands[1].starts_with("ffmpeg ") && said.contains("goes on as that turns out"), "{said}");
    for format in ["sh", "powershell"] {
        let script = stdout(&desk.run(&["plan", "--format", format, "--", "-a film.mkv"]));
        let dashes = if format == "sh" { "--" } else { "'--'" };
        assert_eq!(script, format!("preflight fix {dashes} '-a film.mkv'\n"));
    }
    let answer = desk.run(&["plan", "--format", "json", "--", "-a film.mkv"]);
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["files"][0]["complete"], false);
    assert_eq!(answer["files"][0]["fix"], serde_json::json!(["preflight", "fix", "--", "-a film.mkv"]));

    let output = run_script(&desk, &commands[0]);
    assert!(output.status.success(), "{output:?}");
    assert!(desk.path("-a film.fixed.mov").exists(), "{:?}", desk.names());
}

#[test]
fn both_passes_and_all_parts_are_printed_and_nothing_is_left_of_the_first_pass() {
    let desk = Desk::with(&["video-422.mp4", "video-141-seconds.mp4"]);
    let pack = "name = \"small\"\nextends = \"twitter\"\n[limits.file-too-large]\nvalue = 40\nunit = \"KiB\"\n\
                level = \"must\"\nbasis = \"heuristic\"\nsource = \"experience: a test\"\n";
    fs::write(desk.path("small.toml"), pack).unwrap();
    // As ffmpeg and x264 do, the first pass leaves two logs.
    let result = sample("video-fragmented.mp4");
    desk.ffmpeg(&format!(
        "before=\nfor word; do [ \"$before\" = -passlogfile ] && log=$word; before=$word; done\n\
         case \"$*\" in\n*'-pass 1'*) echo > \"$log-0.log\"; echo > \"$log-0.log.mbtree\";;\n\
         *) [ -e \"$log-0.log\" ] && cp '{}' \"./${{out#file:}}\";;\nesac",
        result.display()
    ));
    let plan = ["plan", "video-422.mp4", "--pack", "small.toml", "--output=-out.mp4"];
    let names = desk.names();
    for format in ["human", "sh"] {
        let said = stdout(&desk.run(&[&plan[..], &["--format", format]].concat()));
        let script = if format == "sh" { said.clone() } else { shown(&said)[1..].join("\n") };
        assert!(script.contains("-pass 1") && script.contains("-pass 2"), "{said}");
        let output = run_script(&desk, &script);
        assert!(output.status.success(), "{output:?}");
        fs::remove_file(desk.path("-out.mp4")).unwrap();
        assert_eq!(desk.names(), names, "{script}");
    }
    let script = stdout(&desk.run(&[&plan[..], &["--format", "powershell"]].concat()));
    let last = "Remove-Item -ErrorAction Ignore -LiteralPath '-out.pass-0.log', '-out.pass-0.log.mbtree'\n";
    assert!(script.ends_with(last), "{script}");

    let said = stdout(&desk.run(&["plan", "--split", "video-141-seconds.mp4"]));
    let commands = shown(&said);
    let count = |start: &str| commands.iter().filter(|command| command.starts_with(start)).count();
    assert_eq!((count("preflight fix --split video-141-seconds.mp4"), count("ffmpeg ")), (1, 2), "{said}");
}

#[test]
fn several_results_need_a_folder_that_is_there_as_when_they_are_made() {
    let desk = Desk::with(&["gif-cut-off.gif", "gif-without-trailer.gif"]);
    for command in ["plan", "fix"] {
        let output = desk.run(&[command, "-o", "mended", "gif-cut-off.gif", "gif-without-trailer.gif"]);
        assert_eq!(code(&output), 2);
    }
    fs::create_dir(desk.path("mended")).unwrap();
    let output = desk.run(&["plan", "--format", "sh", "-o", "mended", "gif-cut-off.gif", "gif-without-trailer.gif"]);
    let output = run_script(&desk, &stdout(&output));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_dir(desk.path("mended")).unwrap().count(), 2);
}

#[test]
fn the_command_does_what_was_planned() {
    let desk = Desk::with(&[]);
    for name in ["-g.gif", "two\nlines\n", "\x1b[31m é 'x'.gif", "a \"b\" $c `d`.gif"] {
        fs::copy(sample("gif-cut-off.gif"), desk.path(name)).unwrap();
        for format in ["human", "sh"] {
            let said = stdout(&desk.run(&["plan", "--format", format, "-o", "x y.gif", "-c", "tweet_gif", "--", name]));
            assert!(!said.contains('\x1b'), "{said:?}");
            // A name that ends with a line's end has its command on two lines.
            let script = said.split_once("preflight fix").unwrap().1;
            let output = run_script(&desk, &format!("preflight fix{script}"));
            assert!(output.status.success(), "{said} {output:?}");
            fs::remove_file(desk.path("x y.gif")).unwrap();
        }
        fs::remove_file(desk.path(name)).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_written_for_a_posix_shell_and_refused_for_powershell() {
    use std::os::unix::ffi::OsStrExt;

    let desk = Desk::with(&[]);
    let name = std::ffi::OsStr::from_bytes(b"x\xff\xc3.gif");
    fs::copy(sample("gif-cut-off.gif"), desk.folder.path().join(name)).unwrap();
    for format in ["human", "sh"] {
        let said = stdout(&desk.command(&["plan", "-o", "out.gif", "--format", format]).arg(name).output().unwrap());
        let command = said.lines().last().unwrap().trim_start_matches("  $ ");
        assert_eq!(command, r#"preflight fix --output=out.gif 'x'"$(printf %b '\0377\0303')"'.gif'"#);
        let output = run_script(&desk, command);
        assert!(output.status.success(), "{output:?}");
        fs::remove_file(desk.path("out.gif")).unwrap();
    }
    let said = stdout(&desk.command(&["plan", "--format", "powershell"]).arg(name).output().unwrap());
    assert!(said.starts_with("# ") && said.contains("not valid Unicode") && said.lines().count() == 1, "{said}");
    let answer = desk.command(&["plan", "--format", "json"]).arg(name).output().unwrap();
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!((&answer["files"][0]["fix"], &answer["files"][0]["in_process"]), (&Value::Null, &Value::Bool(true)));
}

#[test]
fn a_ladder_is_a_command_whatever_the_name_of_the_film() {
    let desk = Desk::with(&[]);
    for name in NAMES {
        fs::copy(sample("video.mp4"), desk.path(name)).unwrap();
        let script = stdout(&desk.run(&["ladder", "--format", "sh", "--", name]));
        let answer = desk.run(&["ladder", "--format", "json", "--", name]);
        let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
        let words: Vec<String> = serde_json::from_value(answer["arguments"].clone()).unwrap();
        assert_eq!(given(&desk, "sh", &script), words, "{name}");
    }
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
fn a_part_says_why_it_is_encoded_anew() {
    let desk = Desk::with(&["video-141-seconds.mp4"]);
    let why = "needed because the part does not begin at a key frame";
    let said = stdout(&desk.run(&["plan", "--trim", "1.3:10", "video-141-seconds.mp4"]));
    assert!(said.contains(why), "{said}");
    let said = stdout(&desk.run(&["plan", "--trim", "0:10", "video-141-seconds.mp4"]));
    assert!(said.contains("keep the part from 0 s to 10 s") && !said.contains(why), "{said}");
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

#[test]
fn the_schema_of_plans_is_the_committed_one() {
    let desk = Desk::with(&[]);
    let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/plan-1.json");
    let schema = stdout(&desk.run(&["schema", "plan"]));
    assert!(
        fs::read_to_string(committed).unwrap_or_default() == schema,
        "docs/schema/plan-1.json differs; run: cargo run -- schema plan > docs/schema/plan-1.json"
    );
    // The report's is the one that is meant where none is named.
    assert_eq!(stdout(&desk.run(&["schema"])), stdout(&desk.run(&["schema", "report"])));
}
