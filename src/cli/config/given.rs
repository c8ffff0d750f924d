//! What flags and the environment say of how files are judged.

use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;
use media_preflight::Category;

use super::settled::{Source, Sourced};
use crate::cli::args::JudgingArgs;
use crate::cli::environment;

/// What flags and the environment say of how files are judged. Absent: neither says.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) pack: Option<Sourced<PathBuf>>,
    pub(crate) category: Option<Sourced<Category>>,
    pub(crate) select: Option<Sourced<Vec<String>>>,
    pub(crate) ignore: Option<Sourced<Vec<String>>>,
    pub(crate) deep: Option<Sourced<bool>>,
}

impl Given {
    /// What is in the arguments and was not put there by default.
    pub(crate) fn new(args: &JudgingArgs, matches: &ArgMatches) -> Self {
        let given = |id: &'static str| source(id, matches);
        Self {
            pack: given("pack").zip(args.pack.pack.clone()).map(Sourced::from),
            category: given("category").zip(args.category).map(Sourced::from),
            select: given("select").map(|source| Sourced { value: args.select.clone(), source }),
            ignore: given("ignore").map(|source| Sourced { value: args.ignore.clone(), source }),
            deep: given("deep").map(|source| Sourced { value: args.deep, source }),
        }
    }
}

/// Whether a flag or the environment gave an argument.
pub(super) fn source(id: &'static str, matches: &ArgMatches) -> Option<Source> {
    // A command that has no such argument cannot be asked for it.
    matches.try_contains_id(id).ok()?;
    match matches.value_source(id)? {
        ValueSource::CommandLine => Some(Source::Flag(id)),
        ValueSource::EnvVariable => Some(Source::Environment(environment::name(id))),
        _ => None,
    }
}
