//! The commands that do what was planned, word by word.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use media_preflight::facts::Facts;
use media_preflight::transcode::ffmpeg::{Files, commands};
use media_preflight::transcode::plan::Plan;
use media_preflight::units::Duration;

use super::args::JudgingArgs;
use super::plan::PlanArgs;

/// The command that mends a file as it was planned here.
pub(super) fn fix(path: &Path, args: &PlanArgs) -> Vec<OsString> {
    let mending = &args.mending;
    let mut words = program();
    flags(
        &mut words,
        [(mending.safe_only, "--safe-only"), (mending.warnings, "--warnings"), (mending.split, "--split")],
    );
    let trim = mending.trim.map(|trim| format!("{}-{}", seconds(trim.start), seconds(trim.end)).into());
    values(&mut words, [("--trim=", trim), ("--gif-as=", mending.gif_as.map(|format| format.name().into()))]);
    by_rules(&mut words, &args.judging);
    values(&mut words, [("--output=", mending.output.clone().map(PathBuf::into_os_string))]);
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        words.push("--".into());
    }
    words.push(path.into());
    words
}

/// The command that mends a file by the rules that it was judged by, without its name.
pub(super) fn judged_by(judging: &JudgingArgs) -> Vec<OsString> {
    let mut words = program();
    by_rules(&mut words, judging);
    words
}

fn program() -> Vec<OsString> {
    vec!["preflight".into(), "fix".into()]
}

/// Adds what files are judged by.
fn by_rules(words: &mut Vec<OsString>, judging: &JudgingArgs) {
    flags(words, [(judging.deep, "--deep"), (judging.config.no_config, "--no-config")]);
    let list = |rules: &[String]| (!rules.is_empty()).then(|| OsString::from(rules.join(",")));
    let path = |path: &Option<PathBuf>| path.clone().map(PathBuf::into_os_string);
    values(
        words,
        [
            ("--category=", judging.category.map(|category| category.as_str().into())),
            ("--pack=", path(&judging.pack.pack)),
            ("--select=", list(&judging.select)),
            ("--ignore=", list(&judging.ignore)),
            ("--config=", path(&judging.config.config)),
        ],
    );
}

/// Adds the flags that are set.
fn flags<const N: usize>(words: &mut Vec<OsString>, flags: [(bool, &str); N]) {
    words.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.into()));
}

/// Adds the options that have a value.
fn values<const N: usize>(words: &mut Vec<OsString>, options: [(&str, Option<OsString>); N]) {
    for (name, value) in options {
        words.extend(value.map(|value| [OsStr::new(name), &value].into_iter().collect::<OsString>()));
    }
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
