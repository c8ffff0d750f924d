//! What holds, and who said so.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{ArgMatches, ValueEnum};
use media_preflight::config::{Answer, Judging, Placed};
use media_preflight::finding::Severity;
use media_preflight::profile::{Category, Profile};

use super::chain::{Chain, Layer};
use super::given::{self, Given};
use crate::cli::args::{AnswerArgs, FailOn};
use crate::cli::failure::Failure;
use crate::cli::outputs::ReportFormat;
use crate::cli::pack::is_name;

/// Who said what a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A flag, by the name of its argument.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(String),
    /// A place in a configuration.
    File {
        /// The file.
        origin: Arc<str>,
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// Nobody.
    Default,
}

impl Source {
    fn of<T>(layer: &Layer, placed: &Placed<T>) -> Self {
        Self::File { origin: Arc::clone(&layer.origin), line: placed.line, column: placed.column }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(id) => write!(f, "--{}", id.replace('_', "-")),
            Self::Environment(name) => f.write_str(name),
            Self::File { origin, line, .. } => write!(f, "{origin}:{line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value, and who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced<T> {
    /// The value.
    pub(crate) value: T,
    /// Who said so.
    pub(crate) source: Source,
}

impl<T> From<(Source, T)> for Sourced<T> {
    fn from((source, value): (Source, T)) -> Self {
        Self { value, source }
    }
}

impl<T> Sourced<T> {
    fn default(value: T) -> Self {
        Self { value, source: Source::Default }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), source: self.source }
    }
}

/// By what one file is judged.
#[derive(Debug)]
pub(crate) struct Settled {
    /// A file, or the name of a built-in pack. Absent: the default one.
    pub(crate) pack: Sourced<Option<PathBuf>>,
    pub(crate) category: Sourced<Option<Category>>,
    pub(crate) select: Sourced<Vec<String>>,
    pub(crate) ignore: Sourced<Vec<String>>,
    pub(crate) deep: Sourced<bool>,
    /// Rules that are left out for this file besides those of `ignore`.
    pub(crate) per_file_ignores: Vec<Sourced<Vec<String>>>,
}

impl Settled {
    /// What holds for a file, or for none in particular.
    pub(crate) fn new(given: &Given, chain: &Chain, file: Option<&Path>) -> Self {
        let of = Overridden { chain, file };
        let pack = given.pack.clone().or_else(|| {
            let (layer, placed) = of.first(|judging| judging.pack.as_ref())?;
            let is_built_in = Profile::BUILT_IN.contains(&placed.value.as_str());
            let file = layer.folder.join(&placed.value);
            // What is no file and looks like a name is told with the names that there are.
            let is_wrong_name = is_name(Path::new(&placed.value)) && !file.exists();
            let pack = if is_built_in || is_wrong_name { PathBuf::from(&placed.value) } else { file };
            Some(Sourced { value: pack, source: Source::of(layer, placed) })
        });
        let per_file_ignores = chain.iter().flat_map(|layer| {
            let ignores = layer.config.per_file_ignores.iter();
            let matching =
                ignores.filter(|ignores| relative(layer, file).is_some_and(|path| ignores.files.matches(path)));
            matching.map(|ignores| Sourced {
                value: ignores.rules.value.clone(),
                source: Source::of(layer, &ignores.rules),
            })
        });
        Self {
            pack: pack.map_or_else(|| Sourced::default(None), |pack| pack.map(Some)),
            category: given
                .category
                .clone()
                .or_else(|| of.copied(|judging| judging.category.as_ref()))
                .map_or_else(|| Sourced::default(None), |category| category.map(Some)),
            select: of.settle(given.select.as_ref(), |judging| judging.select.as_ref()),
            ignore: of.settle(given.ignore.as_ref(), |judging| judging.ignore.as_ref()),
            deep: of.settle(given.deep.as_ref(), |judging| judging.deep.as_ref()),
            per_file_ignores: per_file_ignores.collect(),
        }
    }

    /// All rules that are left out, sorted.
    pub(crate) fn ignored(&self) -> Vec<String> {
        let of_file = self.per_file_ignores.iter().flat_map(|ignores| &ignores.value);
        let mut ignored: Vec<String> = self.ignore.value.iter().chain(of_file).cloned().collect();
        ignored.sort_unstable();
        ignored.dedup();
        ignored
    }
}

/// A chain, as it holds for a file.
struct Overridden<'a> {
    chain: &'a Chain,
    file: Option<&'a Path>,
}

impl<'a> Overridden<'a> {
    /// The first value that a configuration has: for each, the overrides that match, the last first, and then its own.
    fn first<T: 'a>(&self, pick: impl Fn(&'a Judging) -> Option<&'a Placed<T>>) -> Option<(&'a Layer, &'a Placed<T>)> {
        self.chain.iter().find_map(|layer| {
            let path = relative(layer, self.file);
            let overrides = layer.config.overrides.iter().rev();
            let matching = overrides.filter(|change| path.is_some_and(|path| change.files.matches(path)));
            let mut judging = matching.map(|change| &change.judging).chain([&layer.config.judging]);
            judging.find_map(&pick).map(|placed| (layer.as_ref(), placed))
        })
    }

    fn copied<T: Clone + 'a>(&self, pick: impl Fn(&'a Judging) -> Option<&'a Placed<T>>) -> Option<Sourced<T>> {
        self.first(pick)
            .map(|(layer, placed)| Sourced { value: placed.value.clone(), source: Source::of(layer, placed) })
    }

    fn settle<T: Clone + Default + 'a>(
        &self,
        given: Option<&Sourced<T>>,
        pick: impl Fn(&'a Judging) -> Option<&'a Placed<T>>,
    ) -> Sourced<T> {
        given.cloned().or_else(|| self.copied(pick)).unwrap_or_else(|| Sourced::default(T::default()))
    }
}

/// The path of a file from the folder to which a configuration's globs are relative. Absent: the file is not below it.
fn relative<'f>(layer: &Layer, file: Option<&'f Path>) -> Option<&'f Path> {
    file?.strip_prefix(&layer.base).ok()
}

/// Puts what configurations say of a run into the arguments that nobody gave.
pub(super) fn settle(answer: &mut AnswerArgs, chain: &Chain, matches: &ArgMatches) -> Result<(), Failure> {
    let settled = SettledAnswer::new(answer, chain, matches);
    answer.fail_on = settled.fail_on.value;
    answer.report.format = settled.format.value;
    answer.allow_undecided = settled.allow_undecided.value;
    answer.quiet = settled.quiet.value;
    answer.extra.baseline = settled.baseline.value;
    answer.extra.baseline_by_hash = settled.baseline_by_hash.value;
    Ok(())
}

/// How a run answers.
#[derive(Debug)]
pub(crate) struct SettledAnswer {
    pub(crate) format: Sourced<ReportFormat>,
    pub(crate) fail_on: Sourced<FailOn>,
    pub(crate) allow_undecided: Sourced<bool>,
    pub(crate) quiet: Sourced<bool>,
    pub(crate) baseline: Sourced<Option<PathBuf>>,
    pub(crate) baseline_by_hash: Sourced<bool>,
}

impl SettledAnswer {
    /// What holds for a run with these arguments.
    pub(crate) fn new(answer: &AnswerArgs, chain: &Chain, matches: &ArgMatches) -> Self {
        let fail_on = |_: &Layer, severity: &Severity| match severity {
            Severity::Error => FailOn::Error,
            Severity::Warning => FailOn::Warning,
        };
        // The reader of configurations takes no other words.
        let format = |_: &Layer, name: &String| ReportFormat::from_str(name, false).unwrap_or(ReportFormat::Human);
        let run = OfRun { chain, matches };
        let extra = &answer.extra;
        Self {
            format: run.settle("format", answer.report.format, |answer| answer.format.as_ref(), format),
            fail_on: run.settle("fail_on", answer.fail_on, |answer| answer.fail_on.as_ref(), fail_on),
            allow_undecided: run.settle(
                "allow_undecided",
                answer.allow_undecided,
                |answer| answer.allow_undecided.as_ref(),
                |_, value| *value,
            ),
            quiet: run.settle("quiet", answer.quiet, |answer| answer.quiet.as_ref(), |_, value| *value),
            baseline: run.settle(
                "baseline",
                extra.baseline.clone(),
                |answer| answer.baseline.as_ref(),
                |layer, path| Some(layer.folder.join(path)),
            ),
            baseline_by_hash: run.settle(
                "baseline_by_hash",
                extra.baseline_by_hash,
                |answer| answer.baseline_by_hash.as_ref(),
                |_, value| *value,
            ),
        }
    }
}

/// A chain, as it holds for a run.
struct OfRun<'a> {
    chain: &'a Chain,
    matches: &'a ArgMatches,
}

impl<'a> OfRun<'a> {
    fn settle<T: 'a, U>(
        &self,
        id: &'static str,
        argument: U,
        pick: impl Fn(&'a Answer) -> Option<&'a Placed<T>>,
        read: impl Fn(&Layer, &T) -> U,
    ) -> Sourced<U> {
        if let Some(source) = given::source(id, self.matches) {
            return Sourced { value: argument, source };
        }
        let found = self.chain.iter().find_map(|layer| Some((layer, pick(&layer.config.answer)?)));
        match found {
            Some((layer, placed)) => Sourced { value: read(layer, &placed.value), source: Source::of(layer, placed) },
            None => Sourced::default(argument),
        }
    }
}
