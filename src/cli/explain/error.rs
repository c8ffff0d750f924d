//! `preflight explain --error`: what a message of the service means, and what in the file it is about.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use media_preflight::api::State;
use media_preflight::api::known::{self, Found, Known, Pasted, Said};
use media_preflight::finding::Severity;
use media_preflight::report::{FileEntry, Human, Reporter, Shown, Style, visible, write_labelled, written};
use media_preflight::{Checker, FileReport, Request};
use serde::Serialize;

use super::ExplainArgs;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::terminal::Terminal;
use crate::cli::{complain, pack, source};

/// Explains what the service said.
pub(super) fn run(
    args: &ExplainArgs,
    error: &OsStr,
    file: Option<&Path>,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let pasted = Pasted::read(&text_of(error)?);
    let answers = answers(&pasted);
    let report = match file {
        None => None,
        Some(path) => match check(args, path)? {
            Ok(report) => Some(report),
            Err(error) => {
                complain(&format_args!("{}: {error}", written(path)));
                return Ok(Failure::INPUT_OUTPUT.into());
            }
        },
    };
    let mut output = Terminal::output();
    match args.format {
        Format::Human => write_human(&mut output, &pasted, &answers, report.as_ref(), terminal),
        Format::Json => write_json(&mut output, &pasted, &answers, report.as_ref()),
    }
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    let is_known =
        answers.iter().all(|answer| answer.known.is_some()) && (!answers.is_empty() || says_no_error(&pasted));
    Ok(if is_known { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One thing that the service said, with the row that explains it.
struct Answer<'a> {
    said: &'a Said,
    known: Option<Found>,
    /// The row for its number, where the message is unknown.
    by_number: Option<Found>,
    nearest: Option<&'static Known>,
}

fn answers(pasted: &Pasted) -> Vec<Answer<'_>> {
    // A refusal without a word is one answer too.
    static SILENT: Said = Said { code: None, name: None, message: String::new() };
    let silent = pasted.said.is_empty() && pasted.status.is_some_and(|status| status >= 400);
    pasted.said.iter().chain(silent.then_some(&SILENT)).map(|said| Answer::to(said, pasted.status)).collect()
}

/// Whether the text is an answer of the service that tells of no error.
fn says_no_error(pasted: &Pasted) -> bool {
    pasted.said.is_empty()
        && (matches!(pasted.state, Some(State::Pending | State::InProgress | State::Succeeded))
            || pasted.status.is_some_and(|status| (200..300).contains(&status)))
}

/// What was given, or all of standard input for `-`.
fn text_of(error: &OsStr) -> Result<String, Failure> {
    if error != "-" {
        return Ok(error.to_string_lossy().into_owned());
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|cause| Failure::Read { path: "standard input".into(), cause })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Checks the file, or says why it cannot be read.
fn check(args: &ExplainArgs, path: &Path) -> Result<Result<FileReport, String>, Failure> {
    let checker = Checker::new(pack::load(args.pack.pack.as_deref())?);
    let name = written(path);
    let request = Request { name: Some(&name), category: args.category, ..Request::default() };
    let report = source::open_argument(path, LONGEST_FILE)
        .map_err(|error| error.to_string())
        .and_then(|source| checker.check(&source, &request).map_err(|error| error.to_string()));
    Ok(report.map(|mut report| {
        report.path = Some(name.into_owned());
        report
    }))
}

/// What of a report has to do with the rows.
struct Part {
    report: FileReport,
    /// Whether a rule of the rows found something, or could not be decided.
    explains: bool,
    /// How many findings are left out.
    left_out: usize,
}

impl Part {
    /// What the rules found or could not decide; where that is nothing, whatever else the file would be refused for.
    fn of(report: &FileReport, rules: &[&str]) -> Self {
        let is_named = |rule: &str| rules.contains(&rule);
        let mut part = report.clone();
        part.undecided.retain(|undecided| is_named(&undecided.rule));
        part.near_misses.retain(|near| is_named(&near.rule));
        let explains = !part.undecided.is_empty() || part.findings.iter().any(|finding| is_named(&finding.rule));
        if explains {
            part.findings.retain(|finding| is_named(&finding.rule));
        } else {
            part.findings.retain(|finding| finding.severity == Severity::Error);
        }
        let left_out = report.findings.len().saturating_sub(part.findings.len());
        Self { report: part, explains, left_out }
    }
}

/// The rules of all rows, each once.
fn rules_of(answers: &[Answer<'_>]) -> Vec<&'static str> {
    let mut rules: Vec<&'static str> = Vec::new();
    for rule in answers.iter().filter_map(Answer::row).flat_map(|found| found.row.rules) {
        if !rules.contains(rule) {
            rules.push(rule);
        }
    }
    rules
}

impl<'a> Answer<'a> {
    fn to(said: &'a Said, status: Option<u16>) -> Self {
        let by_number = known::find_silent(said.code, said.name.as_deref(), status);
        if said.message.is_empty() {
            return Self { said, known: by_number, by_number: None, nearest: None };
        }
        match known::find(&said.message) {
            Some(found) => Self { said, known: Some(found), by_number: None, nearest: None },
            None => Self { said, known: None, by_number, nearest: known::nearest(&said.message) },
        }
    }

    fn row(&self) -> Option<&Found> {
        self.known.as_ref().or(self.by_number.as_ref())
    }

    /// What the service said, in one line.
    fn title(&self, pasted: &Pasted) -> String {
        let mut title = self.said.message.split_whitespace().collect::<Vec<_>>().join(" ");
        if title.is_empty() {
            title.push_str("no message");
        }
        if title.chars().count() > LONGEST_TITLE {
            title = title.chars().take(LONGEST_TITLE).chain("...".chars()).collect();
        }
        let mut marks: Vec<String> = self.said.name.clone().into_iter().collect();
        marks.extend(self.said.code.map(|code| format!("code {code}")));
        marks.extend(pasted.status.map(|status| format!("HTTP {status}")));
        if !marks.is_empty() {
            title.push_str(&format!(" ({})", marks.join(", ")));
        }
        title
    }
}

fn write_human(
    output: &mut dyn Write,
    pasted: &Pasted,
    answers: &[Answer<'_>],
    report: Option<&FileReport>,
    terminal: &Terminal,
) -> io::Result<()> {
    let style = terminal.style();
    for (index, answer) in answers.iter().enumerate() {
        if index > 0 {
            writeln!(output)?;
        }
        let mut lines: Vec<(&str, String)> = Vec::new();
        if answer.known.is_none() {
            lines.push(("unknown", "no such message is in the table of those that were seen".to_owned()));
            if let Some(nearest) = answer.nearest {
                lines.push(("nearest", nearest.message.to_owned()));
            }
        }
        if let Some(found) = answer.row() {
            lines.push(("about", found.row.about.as_str().to_owned()));
            if !found.row.rules.is_empty() {
                lines.push(("rules", found.row.rules.join(", ")));
            }
            lines.push(("means", found.meaning()));
            lines.push(("do", found.row.advice.to_owned()));
        }
        write_labelled(output, &answer.title(pasted), &lines, &style)?;
    }
    if answers.is_empty() {
        writeln!(output, "{}", nothing_said(pasted))?;
    }
    match report {
        Some(report) => write_part(output, Part::of(report, &rules_of(answers)), &rules_of(answers), style),
        None => Ok(()),
    }
}

fn write_part(output: &mut dyn Write, part: Part, rules: &[&str], style: Style) -> io::Result<()> {
    let path = part.report.path.clone().unwrap_or_default();
    let refused = !part.report.findings.is_empty();
    writeln!(output)?;
    if !part.explains {
        let mut lines = vec![match rules {
            [] => ("here", "no rule looks for this in a file".to_owned()),
            [rule] => ("here", format!("{rule} finds nothing in this file")),
            [rules @ .., last] => {
                ("here", format!("neither {} nor {last} find anything in this file", rules.join(", ")))
            }
        }];
        if refused {
            lines.push(("but", "it would be refused for something else:".to_owned()));
        }
        write_labelled(output, &path, &lines, &style)?;
    }
    if part.explains || refused {
        Human::new(&mut *output, style, Shown::All).file(&FileEntry::Report(Box::new(part.report)))?;
    }
    if part.left_out > 0 {
        let noun = if part.left_out == 1 { "finding" } else { "findings" };
        let other = if part.explains || refused { "other " } else { "" };
        writeln!(output, "{} {other}{noun}, about something else: preflight check {}", part.left_out, visible(&path))?;
    }
    Ok(())
}

/// What to say of a text that tells of no error.
fn nothing_said(pasted: &Pasted) -> String {
    match (&pasted.state, pasted.status) {
        (Some(State::Succeeded), _) => "no error: the processing succeeded, and the upload is ready for use".to_owned(),
        (Some(State::Failed), _) => "the processing failed, and the service does not say why".to_owned(),
        (Some(state @ (State::Pending | State::InProgress)), _) => {
            format!("no error yet: the processing is {state}; ask for STATUS again after check_after_secs")
        }
        (Some(State::Other(word)), _) => {
            format!("no error is told; the state {:?} is none of the known ones", visible(word))
        }
        (None, Some(status)) if (200..300).contains(&status) => format!("no error: HTTP {status} means success"),
        (None, _) => "there is no error in this text".to_owned(),
    }
}

/// The answer as JSON.
#[derive(Serialize)]
struct Document<'a> {
    status: Option<u16>,
    state: Option<&'a str>,
    errors: Vec<Entry<'a>>,
    /// Whether what was found in the file explains it; absent where no file was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    explained_by_file: Option<bool>,
    /// What was found in the file for the same reason, or else what it would be refused for.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileReport>,
}

#[derive(Serialize)]
struct Entry<'a> {
    message: &'a str,
    code: Option<u64>,
    name: Option<&'a str>,
    known: bool,
    nearest: Option<&'static str>,
    about: Option<&'static str>,
    rules: &'static [&'static str],
    meaning: Option<String>,
    advice: Option<&'static str>,
}

impl<'a> Entry<'a> {
    fn of(answer: &Answer<'a>) -> Self {
        let row = answer.row();
        Self {
            message: &answer.said.message,
            code: answer.said.code,
            name: answer.said.name.as_deref(),
            known: answer.known.is_some(),
            nearest: answer.nearest.map(|row| row.message),
            about: row.map(|found| found.row.about.as_str()),
            rules: row.map_or(&[], |found| found.row.rules),
            meaning: row.map(Found::meaning),
            advice: row.map(|found| found.row.advice),
        }
    }
}

fn write_json(
    output: &mut dyn Write,
    pasted: &Pasted,
    answers: &[Answer<'_>],
    report: Option<&FileReport>,
) -> io::Result<()> {
    let part = report.map(|report| Part::of(report, &rules_of(answers)));
    let document = Document {
        status: pasted.status,
        state: pasted.state.as_ref().map(State::as_str),
        errors: answers.iter().map(Entry::of).collect(),
        explained_by_file: part.as_ref().map(|part| part.explains),
        file: part.map(|part| part.report),
    };
    serde_json::to_writer_pretty(&mut *output, &document)?;
    writeln!(output)
}

/// Bytes of standard input that are read.
const LONGEST: u64 = 1 << 20;
/// Bytes that are taken where the file is standard input.
const LONGEST_FILE: u64 = 17 << 30;
/// Characters of a message that are repeated.
const LONGEST_TITLE: usize = 300;
