//! `preflight limits diff`: which limits of two packs differ, and which files would be judged otherwise.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueHint};
use media_preflight::finding::{FileReport, SCHEMA_VERSION, Severity, Verdict};
use media_preflight::input::{FileSource, Limits};
use media_preflight::profile::LimitRow;
use media_preflight::report::{Comparison, Difference, Flip, write_comparison, written};
use media_preflight::scan::{Found, SYMBOLIC_LINK, Walk, WalkOptions, alt_text_beside, is_media, is_named_media};
use media_preflight::{Category, Checker, Profile, Request};

use super::args::Format;
use super::failure::{Failure, Usage, plain};
use super::parse::CategoryParser;
use super::terminal::Terminal;
use super::{complain, note, pack};

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Rule pack: a file, or the name of a built-in one.
    #[arg(value_name = "PACK_A", value_hint = ValueHint::FilePath)]
    pub(crate) a: PathBuf,

    /// The rule pack it is compared with.
    #[arg(value_name = "PACK_B", value_hint = ValueHint::FilePath)]
    pub(crate) b: PathBuf,

    /// List the files whose verdict differs, of these and of all below these folders.
    #[arg(long, value_name = "PATH", num_args = 1.., value_hint = ValueHint::AnyPath)]
    pub(crate) against: Vec<PathBuf>,

    /// Only this media category.
    #[arg(long, short, value_parser = CategoryParser)]
    pub(crate) category: Option<Category>,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// Compares two packs, and with --against what they make of files.
pub(crate) fn run(args: &DiffArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let [a, b] = [&args.a, &args.b].map(|path| pack::load(Some(path)));
    let (a, b) = (a?, b?);
    let limits = differences(&a, &b, args.category);
    let names = [a.name().to_owned(), b.name().to_owned()];
    let checkers = [Checker::new(a), Checker::new(b)];
    let mut judged = Judged { checkers, category: args.category, flips: Vec::new(), checked: 0, is_unreadable: false };
    if !args.against.is_empty() {
        let walk = Walk::new(&args.against, &WalkOptions::default()).map_err(|error| Usage::Glob(error.to_string()))?;
        walk.for_each(|found| judged.take(found));
    }
    let [name_a, name_b] = names;
    let comparison = Comparison {
        schema_version: SCHEMA_VERSION,
        a: name_a,
        b: name_b,
        limits,
        checked: (!args.against.is_empty()).then_some(judged.checked),
        files: judged.flips,
    };
    let mut output = Terminal::output();
    let result = match args.format {
        Format::Human => write_comparison(&mut output, &comparison, &terminal.style()),
        Format::Json => serde_json::to_writer_pretty(&mut output, &comparison)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(output)),
    };
    result.and_then(|()| output.flush()).map_err(Failure::Output)?;
    Ok(if judged.is_unreadable { Failure::INPUT_OUTPUT.into() } else { ExitCode::SUCCESS })
}

/// The limits of each rule that differ, for the categories that have them in common.
fn differences(a: &Profile, b: &Profile, wanted: Option<Category>) -> Vec<Difference> {
    let mut differences: Vec<Difference> = Vec::new();
    let order: Vec<&str> = media_preflight::rules::all().iter().map(|rule| rule.id).collect();
    for category in Category::ALL.into_iter().filter(|category| wanted.is_none_or(|wanted| wanted == *category)) {
        let (a, b) = (words(a.rows(Some(category))), words(b.rows(Some(category))));
        for rule in order.iter().copied() {
            let (a, b) = (a.get(rule), b.get(rule));
            if a == b {
                continue;
            }
            let same = |known: &&mut Difference| known.rule == rule && known.a.as_ref() == a && known.b.as_ref() == b;
            match differences.iter_mut().find(same) {
                Some(known) => known.categories.push(category),
                None => differences.push(Difference {
                    rule: rule.to_owned(),
                    categories: vec![category],
                    a: a.cloned(),
                    b: b.cloned(),
                }),
            }
        }
    }
    differences.sort_by_key(|difference| order.iter().position(|rule| *rule == difference.rule));
    differences
}

/// The limits of each rule in words, with how much they bind.
fn words(rows: Vec<LimitRow>) -> BTreeMap<&'static str, String> {
    let mut all: BTreeMap<&'static str, String> = BTreeMap::new();
    for row in rows {
        let words = format!("{}: {}", row.level.as_str(), row.limit);
        all.entry(row.rule).and_modify(|known| *known = format!("{known}; {words}")).or_insert(words);
    }
    all
}

/// What both packs make of the files so far.
struct Judged {
    checkers: [Checker; 2],
    category: Option<Category>,
    flips: Vec<Flip>,
    checked: u64,
    is_unreadable: bool,
}

impl Judged {
    fn take(&mut self, found: Found) {
        match found {
            Found::File { path, explicit } => self.judge(&path, explicit),
            Found::Special { path, kind } if kind != SYMBOLIC_LINK && is_named_media(&path) => {
                self.unreadable(&path, &format!("{kind}, not a regular file"));
            }
            Found::Special { path, kind } => note(&format_args!("{}: skipped, {kind}", written(&path))),
            Found::Loop { path, ancestor } => {
                note(&format_args!("{}: skipped, leads back to {}", written(&path), written(&ancestor)));
            }
            Found::Unheeded(why) => note(&format_args!("{why}; not heeded")),
            Found::Trouble { path, error } => self.unreadable(&path, &error),
        }
    }

    fn judge(&mut self, path: &Path, explicit: bool) {
        let facts = FileSource::open(path)
            .map_err(|error| plain(&error))
            .and_then(|source| media_preflight::inspect(&source, Limits::default()).map_err(|error| error.to_string()));
        let facts = match facts {
            Ok(facts) => facts,
            Err(error) => return self.unreadable(path, &error),
        };
        // As in a scan, what is no media is left alone unless it was named.
        if !explicit && !is_media(facts.format) && !is_named_media(path) {
            return;
        }
        let alt_text = match alt_text_beside(path) {
            Ok(alt_text) => alt_text,
            Err(error) => return self.unreadable(path, &error),
        };
        self.checked += 1;
        let path = written(path);
        let (name, alt_text) = (Some(&*path), alt_text.as_deref());
        let request = Request { name, category: self.category, alt_text, ..Request::default() };
        // One reading, judged twice.
        let [a, b] = &self.checkers;
        let a = a.judge(facts, &request);
        let b = b.judge(a.facts.clone(), &request);
        if a.verdict != b.verdict {
            let mut rules = decisive(&a);
            rules.extend(decisive(&b));
            rules.dedup();
            self.flips.push(Flip { path: path.clone().into_owned(), a: a.verdict, b: b.verdict, rules });
        }
    }

    fn unreadable(&mut self, path: &Path, error: &str) {
        self.is_unreadable = true;
        complain(&format_args!("{}: {error}", written(path)));
    }
}

/// The rules that keep a file from passing.
fn decisive(report: &FileReport) -> Vec<String> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    match report.verdict {
        Verdict::Pass => Vec::new(),
        Verdict::Fail => errors.map(|finding| finding.rule.to_string()).collect(),
        Verdict::Undecided => report.undecided.iter().map(|undecided| undecided.rule.to_string()).collect(),
    }
}
