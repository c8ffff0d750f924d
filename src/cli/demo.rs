//! `preflight demo`: the whole way of an upload on this machine, with every call shown.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use clap::{Args, ValueHint};
use media_preflight::api::Version;
use media_preflight::emulator::{Faults, Observer, Options, Server, Settings, Timeouts};
use media_preflight::facts::Format;
use media_preflight::finding::{FileReport, Severity};
use media_preflight::profile::Use;
use media_preflight::report::visible;
use media_preflight::{Checker, Request, Verdict};
use serde_json::Value;

use super::args::PackArgs;
use super::failure::Failure;
use super::interrupt::{INTERRUPTED, stop_on_interrupt};
use super::pack;
use super::serve::{OWN, VARIABLES, own_credentials};
use super::wire::{say, tell_call};

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct DemoArgs {
    /// Files to try; of a directory, the files directly in it [default: samples, or a few files of the program].
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,

    /// Version of the API that is spoken: 2 or 1.1.
    #[arg(long, value_name = "VERSION", default_value = "2")]
    api: Version,

    #[command(flatten)]
    pack: PackArgs,

    /// Keep serving at the end, until it is interrupted, to look at the page.
    #[arg(long)]
    stay: bool,
}

const HELP: &str = "\
Starts the server of `preflight serve` on a free port, checks the files, and uploads those that pass with `preflight upload`:
images and GIFs with an alternative text, the first video with the first captions. No account is needed, and nothing leaves this
machine. What was uploaded is removed at the end.

Exit status:
  0    every upload arrived as it was sent
  1    an upload was refused, or arrived otherwise
  2    wrong usage, or a rule pack that is not valid
  3    a file could not be read, or another error of the system
  130  interrupted";

/// Shows the whole way.
pub(crate) fn run(args: &DemoArgs) -> Result<ExitCode, Failure> {
    let stop = stop_on_interrupt()?;
    let folder = tempfile::Builder::new().prefix("preflight-demo-").tempdir();
    let folder = folder.map_err(|cause| Failure::Write { path: env::temp_dir(), cause })?;
    let profile = pack::load(args.pack.pack.as_deref())?;
    let files = files(&args.files, folder.path())?;

    let server = Server::bind(Options {
        address: ([127, 0, 0, 1], 0).into(),
        tls_address: None,
        storage: folder.path().join("storage"),
        settings: Settings { profile: profile.clone(), processing_ms: PROCESSING_MS, ..Settings::default() },
        expected: Some(own_credentials()),
        faults: Faults::default(),
        timeouts: Timeouts::default(),
        observer: Some(Observer(Arc::new(|exchange| tell_call(exchange, "  ")))),
    })?;
    let url = format!("http://{}", server.address().map_err(Failure::Sockets)?);
    say(&format_args!("The server listens on {url}; its page shows what follows.\n"))?;
    let stopped = Arc::new(AtomicBool::new(false));
    let serving = {
        let stopped = Arc::clone(&stopped);
        thread::spawn(move || server.run(&stopped))
    };

    let demo = Demo { args, folder: folder.path(), url, stop: &stop };
    let outcome = check(&Checker::new(profile), &files).and_then(|checked| demo.upload(&checked));
    if args.stay && outcome.is_ok() {
        say(&format_args!("\nThe page is at {}; Ctrl-C ends.", demo.url))?;
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(LOOK);
        }
    }
    stopped.store(true, Ordering::Relaxed);
    // It ends by itself; that it panicked would have been told.
    let _ = serving.join();
    let all_arrived = outcome?;
    Ok(match (stop.load(Ordering::Relaxed) && !args.stay, all_arrived) {
        (true, _) => INTERRUPTED.into(),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(1),
    })
}

struct Demo<'a> {
    args: &'a DemoArgs,
    folder: &'a Path,
    url: String,
    stop: &'a AtomicBool,
}

/// A file that passed.
struct Passed {
    path: PathBuf,
    takes: Use,
}

impl Demo<'_> {
    /// Uploads what passed, and says whether all of it arrived.
    fn upload(&self, passed: &[Passed]) -> Result<bool, Failure> {
        let mut captions = passed.iter().find(|file| file.takes == Use::Captions);
        let mut all_arrived = true;
        for file in passed.iter().filter(|file| file.takes != Use::Captions) {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let mut extra = Vec::new();
            match file.takes {
                Use::Image | Use::Gif => {
                    extra.extend(["--alt-text".into(), format!("A sample named {}", name(&file.path)).into()]);
                }
                Use::Video => {
                    if let Some(captions) = captions.take() {
                        let mut subtitle = std::ffi::OsString::from("en=");
                        subtitle.push(&captions.path);
                        extra.extend(["--subtitle".into(), subtitle]);
                    }
                }
                Use::Captions => {}
            }
            all_arrived &= self.upload_one(&file.path, &extra)?;
        }
        Ok(all_arrived)
    }

    /// Uploads one file with the program itself, as its user would.
    fn upload_one(&self, path: &Path, extra: &[std::ffi::OsString]) -> Result<bool, Failure> {
        say(&format_args!("\n{}:", name(path)))?;
        let program = env::current_exe().map_err(|cause| Failure::Read { path: "the program".into(), cause })?;
        let mut command = Command::new(program);
        let own = env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PREFLIGHT_"));
        own.for_each(|(name, _)| {
            command.env_remove(name);
        });
        // A bearer would do too; signatures show more.
        command.envs(VARIABLES.iter().zip(OWN).take(4));
        command.arg("upload").arg(path).args(["--endpoint", &self.url, "--api", self.args.api.as_str()]);
        command
            .args(["--format", "json", "--no-progress", "--no-config", "--state-dir"])
            .arg(self.folder.join("state"));
        if let Some(pack) = &self.args.pack.pack {
            command.arg("--pack").arg(pack);
        }
        let output = command.args(extra).output();
        let output = output.map_err(|cause| Failure::Read { path: "the program".into(), cause })?;
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let id = answer["files"][0]["media_id"].as_str().filter(|_| output.status.success());
        let Some(id) = id else {
            say(&format_args!("  not uploaded: {}", visible(String::from_utf8_lossy(&output.stderr).trim())))?;
            return Ok(false);
        };
        let same = self.arrived(id, path)?;
        let words = if same { "every byte as in the file" } else { "but not as it was sent" };
        say(&format_args!("  uploaded as {id}, {words}"))?;
        Ok(same)
    }

    /// Whether the server has what is in the file.
    fn arrived(&self, id: &str, path: &Path) -> Result<bool, Failure> {
        let stored = self.folder.join("storage/media").join(id).join("content");
        let read = |path: &Path| fs::read(path).map_err(|cause| Failure::Read { path: path.to_owned(), cause });
        Ok(read(&stored)? == read(path)?)
    }
}

/// Checks all files, and gives those that pass.
fn check(checker: &Checker, files: &[PathBuf]) -> Result<Vec<Passed>, Failure> {
    say(&"The check:")?;
    let mut passed = Vec::new();
    for path in files {
        let report = checker.check_path(path, &Request::default());
        let report = report.map_err(|error| Failure::Read { path: path.clone(), cause: io::Error::other(error) })?;
        say(&format_args!("  {:9} {}{}", report.verdict.as_str(), name(path), reason(&report)))?;
        if let Some(category) = report.category.filter(|_| report.verdict == Verdict::Pass) {
            passed.push(Passed { path: path.clone(), takes: category.takes() });
        }
    }
    Ok(passed)
}

/// The files to try, in order of their names.
fn files(given: &[PathBuf], folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let samples = Path::new("samples");
    let given: Vec<PathBuf> = match given {
        [] if samples.is_dir() => vec![samples.to_owned()],
        [] => {
            let media = folder.join("media");
            let failed = |path: &Path, cause| Failure::Write { path: path.to_owned(), cause };
            fs::create_dir(&media).map_err(|cause| failed(&media, cause))?;
            for (name, bytes) in EMBEDDED {
                let path = media.join(name);
                fs::write(&path, bytes).map_err(|cause| failed(&path, cause))?;
            }
            vec![media]
        }
        given => given.to_vec(),
    };
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let unreadable = |cause| Failure::Read { path: path.clone(), cause };
        let mut inside = Vec::new();
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?.path();
            let hidden = entry.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if entry.is_file() && !hidden && entry.extension() != Some(OsStr::new("txt")) {
                inside.push(entry);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

/// Why a file does not pass, in one line.
fn reason(report: &FileReport) -> String {
    match report.verdict {
        Verdict::Pass if report.facts.format == Format::Srt => " (goes with a video)".to_owned(),
        Verdict::Pass => String::new(),
        Verdict::Undecided => {
            report.undecided.first().map_or_else(String::new, |first| format!(": {}: {}", first.rule, first.why))
        }
        Verdict::Fail => {
            let error = report.findings.iter().find(|finding| finding.severity == Severity::Error);
            error.map_or_else(String::new, |error| format!(": {}: {}", error.rule, visible(&error.message)))
        }
    }
}

fn name(path: &Path) -> String {
    visible(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()).to_string()
}

/// Small media for where there are no samples: all pass but one.
const EMBEDDED: [(&str, &[u8]); 5] = [
    ("captions.srt", include_bytes!("../../samples/captions.srt")),
    ("gif-animated.gif", include_bytes!("../../samples/gif-animated.gif")),
    ("photo.jpg", include_bytes!("../../samples/photo.jpg")),
    ("video-hevc.mp4", include_bytes!("../../samples/video-hevc.mp4")),
    ("video-turned.mov", include_bytes!("../../samples/video-turned.mov")),
];
/// For how long the processing seems to go on.
const PROCESSING_MS: u64 = 800;
/// How often the wish to stop is looked at.
const LOOK: std::time::Duration = std::time::Duration::from_millis(50);
