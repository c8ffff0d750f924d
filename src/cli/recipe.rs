//! The commands that do what was planned, word by word.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use media_preflight::facts::Facts;
use media_preflight::transcode::ffmpeg::{Files, commands};
use media_preflight::transcode::plan::Plan;
use media_preflight::units::Duration;

use super::plan::PlanArgs;

/// The command that mends a file as it was planned here.
pub(super) fn fix(path: &Path, args: &PlanArgs) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["preflight".into(), "fix".into()];
    let (mending, judging) = (&args.mending, &args.judging);
    for (is_set, flag) in [
        (mending.safe_only, "--safe-only"),
        (mending.warnings, "--warnings"),
        (mending.split, "--split"),
        (judging.deep, "--deep"),
        (judging.config.no_config, "--no-config"),
    ] {
        if is_set {
            words.push(flag.into());
        }
    }
    let trim = mending.trim.map(|trim| format!("{}-{}", seconds(trim.start), seconds(trim.end)).into());
    let list = |rules: &[String]| (!rules.is_empty()).then(|| OsString::from(rules.join(",")));
    let path_of = |path: &Option<PathBuf>| path.clone().map(PathBuf::into_os_string);
    for (name, value) in [
        ("--trim=", trim),
        ("--gif-as=", mending.gif_as.map(|format| format.name().into())),
        ("--category=", judging.category.map(|category| category.as_str().into())),
        ("--pack=", path_of(&judging.pack.pack)),
        ("--select=", list(&judging.select)),
        ("--ignore=", list(&judging.ignore)),
        ("--config=", path_of(&judging.config.config)),
        ("--output=", path_of(&mending.output)),
    ] {
        words.extend(value.map(|value| [OsStr::new(name), &value].into_iter().collect::<OsString>()));
    }
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        words.push("--".into());
    }
    words.push(path.into());
    words
}

/// The runs of ffmpeg with the program in front.
pub(super) fn words(plan: &Plan, facts: &Facts, input: &Path, output: &Path) -> Vec<Vec<OsString>> {
    let log = pass_log(output);
    let files = Files { input, output, pass_log: &log };
    let words = |command: media_preflight::transcode::ffmpeg::Command| {
        std::iter::once("ffmpeg".into()).chain(command.arguments(&files)).collect()
    };
    commands(plan, facts).into_iter().map(words).collect()
}

/// What the names of the files begin with that the first of two passes leaves for the second.
fn pass_log(output: &Path) -> PathBuf {
    output.with_extension("pass")
}

/// The names of these files, as ffmpeg and x264 make them.
pub(super) fn leavings(output: &Path) -> Vec<OsString> {
    ["-0.log", "-0.log.mbtree"]
        .map(|end| [pass_log(output).as_os_str(), OsStr::new(end)].into_iter().collect())
        .to_vec()
}

/// The words as text. `None`: one of them is none.
pub(super) fn texts(words: &[OsString]) -> Option<Vec<String>> {
    words.iter().map(|word| word.to_str().map(str::to_owned)).collect()
}

/// Seconds as `--trim` reads them, exactly.
fn seconds(time: Duration) -> String {
    let seconds = time.seconds();
    if 1_000_000 % seconds.denominator() == 0 { seconds.decimal(6).to_string() } else { seconds.to_string() }
}
