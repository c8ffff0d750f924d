//! By what each file is judged: flags, before the environment, before the configurations above the file, the nearest first
//! and each before those it extends, before the defaults.

mod chain;
mod given;
mod rulings;
mod settled;
mod show;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use clap::ArgMatches;
use media_preflight::profile::{Category, ProfileError};
use media_preflight::{Checker, Profile};

use super::args::{AnswerArgs, ConfigArgs, JudgingArgs};
use super::failure::Failure;
use super::pack;
use chain::{Chain, Folders};
use given::Given;
use settled::{Settled, Source, Sourced};

pub(crate) use chain::NAME;
pub(crate) use rulings::ConfiguredRulings;
pub(crate) use show::{ConfigCommandArgs, run};

/// Says by what each file is judged. It may be shared by threads.
#[derive(Debug)]
pub(crate) struct Resolver {
    given: Given,
    folders: Folders,
    /// By folder, where all its files are judged alike.
    alike: RwLock<HashMap<PathBuf, Arc<Judge>>>,
    judges: Mutex<HashMap<Key, Arc<Judge>>>,
    profiles: Mutex<HashMap<Option<PathBuf>, Profile>>,
    timelines: bool,
}

/// By what a file is judged.
#[derive(Debug)]
pub(crate) struct Judge {
    /// The checker.
    pub(crate) checker: Checker,
    /// The category that is asked for.
    pub(crate) category: Option<Category>,
}

/// All that tells one judge from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    pack: Option<PathBuf>,
    category: Option<Category>,
    select: Vec<String>,
    ignore: Vec<String>,
    deep: bool,
}

impl Resolver {
    /// The resolver for the arguments of a command, as `matches` says where each came from.
    pub(crate) fn new(judging: &JudgingArgs, matches: &ArgMatches) -> Result<Self, Failure> {
        Ok(Self {
            given: Given::new(judging, matches),
            folders: Folders::new(searched(&judging.config, matches))?,
            alike: RwLock::default(),
            judges: Mutex::default(),
            profiles: Mutex::default(),
            timelines: false,
        })
    }

    /// The same, whose checkers read how the bytes of videos spread over their time, for reports that draw it.
    pub(crate) fn with_timelines(mut self, timelines: bool) -> Self {
        self.timelines = timelines;
        self
    }

    /// The same, which reads configurations and packs again that have changed.
    pub(crate) fn heeding_changes(mut self) -> Self {
        self.folders.heed_changes();
        self
    }

    /// By what the file at a path is judged.
    pub(crate) fn judge(&self, path: &Path) -> Result<Arc<Judge>, Failure> {
        if self.folders.forget_changed(path) {
            self.alike.write().unwrap_or_else(PoisonError::into_inner).clear();
            self.judges.lock().unwrap_or_else(PoisonError::into_inner).clear();
            self.profiles.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some(judge) = self.alike.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Ok(Arc::clone(judge));
        }
        let (chain, absolute) = self.folders.of_file(path)?;
        let judge = self.judge_by(&chain, absolute.as_deref())?;
        if !chain.iter().any(|layer| layer.config.has_globs()) {
            let mut alike = self.alike.write().unwrap_or_else(PoisonError::into_inner);
            alike.insert(folder.to_owned(), Arc::clone(&judge));
        }
        Ok(judge)
    }

    /// Whether the files beside one that was judged are known to be judged as it is.
    pub(crate) fn is_alike(&self, path: &Path) -> bool {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.alike.read().unwrap_or_else(PoisonError::into_inner).contains_key(folder)
    }

    /// By what is judged that has no file: a post.
    pub(crate) fn judge_of_run(&self, inputs: &[PathBuf]) -> Result<Arc<Judge>, Failure> {
        self.judge_by(&self.folders.of_run(inputs)?, None)
    }

    /// Puts what the configurations say of a whole run into the arguments that nobody gave. They are those above the
    /// folder that holds all inputs.
    pub(crate) fn settle(
        &self,
        answer: &mut AnswerArgs,
        inputs: &[PathBuf],
        matches: &ArgMatches,
    ) -> Result<(), Failure> {
        settled::settle(answer, &self.folders.of_run(inputs)?, matches)
    }

    fn judge_by(&self, chain: &Chain, file: Option<&Path>) -> Result<Arc<Judge>, Failure> {
        let settled = Settled::new(&self.given, chain, file);
        let key = Key {
            pack: settled.pack.value.clone(),
            category: settled.category.value,
            select: settled.select.value.clone(),
            ignore: settled.ignored(),
            deep: settled.deep.value,
        };
        // What a thread that panicked had in hand is whole: a judge is made before it is put in.
        if let Some(judge) = self.judges.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(judge));
        }
        let checker = Checker::new(self.profile(&settled.pack)?)
            .select(key.select.iter().cloned())
            .ignore(key.ignore.iter().cloned())
            .deep(key.deep)
            .timeline(self.timelines);
        let judge = Arc::new(Judge { checker, category: key.category });
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(judges.entry(key).or_insert(judge)))
    }

    fn profile(&self, pack: &Sourced<Option<PathBuf>>) -> Result<Profile, Failure> {
        let mut profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(profile) = profiles.get(&pack.value) {
            return Ok(profile.clone());
        }
        if let Some(path) = &pack.value {
            self.folders.see(path);
        }
        let profile = pack::load(pack.value.as_deref()).map_err(|failure| at(failure, &pack.source))?;
        profiles.insert(pack.value.clone(), profile.clone());
        Ok(profile)
    }
}

/// The failure at the place that asked for what failed; a pack that is there and not valid has a place of its own.
fn at(failure: Failure, source: &Source) -> Failure {
    match (failure, source) {
        (failure @ Failure::Pack(_), _) => failure,
        (failure, Source::File { origin, line, column }) => Failure::Pack(ProfileError {
            origin: origin.to_string(),
            line: *line,
            column: *column,
            message: failure.to_string(),
        }),
        (failure, _) => failure,
    }
}

/// Where configurations are looked for. A flag wins over what the environment says.
fn searched(args: &ConfigArgs, matches: &ArgMatches) -> chain::Searched {
    let by_flag = |id| matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
    match &args.config {
        Some(path) if !args.no_config || by_flag("config") && !by_flag("no_config") => {
            chain::Searched::Only(path.clone())
        }
        None if !args.no_config => chain::Searched::Upward,
        _ => chain::Searched::Nowhere,
    }
}
