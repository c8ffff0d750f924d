//! By what each file of a scan is judged, as configurations say it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use media_preflight::scan::{Ruling, Rulings};

use super::{Judge, Resolver};
use crate::cli::failure::Failure;

/// The rulings of a scan, each made when its first file is met.
#[derive(Debug)]
pub(crate) struct ConfiguredRulings<'a> {
    resolver: &'a Resolver,
    /// That of the run, which also stands in where a configuration is not valid.
    of_run: Ruling,
    program: String,
    made: Made,
    stop: &'a AtomicBool,
    failure: Mutex<Option<Failure>>,
}

impl<'a> ConfiguredRulings<'a> {
    /// Rulings of a run in which a file that no configuration speaks of is judged by `of_run`.
    ///
    /// A configuration that is not valid sets `stop`, and is the failure afterwards.
    pub(crate) fn new(resolver: &'a Resolver, of_run: &Judge, program: String, stop: &'a AtomicBool) -> Self {
        let of_run = Ruling::new(of_run.checker.clone(), of_run.category, &program);
        Self { resolver, of_run, program, made: Made::default(), stop, failure: Mutex::default() }
    }

    /// Why the scan was ended, where a configuration ended it.
    pub(crate) fn failure(self) -> Option<Failure> {
        self.failure.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rulings for ConfiguredRulings<'_> {
    fn of(&self, path: &Path) -> &Ruling {
        match self.resolver.judge(path) {
            Ok(judge) => self.made.of(&judge, || {
                let ruling = Ruling::new(judge.checker.clone(), judge.category, &self.program);
                let of_run = self.of_run.checker().profile().name();
                if judge.checker.profile().name() == of_run { ruling } else { ruling.telling_pack() }
            }),
            Err(failure) => {
                self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
                self.stop.store(true, Ordering::Relaxed);
                &self.of_run
            }
        }
    }

    fn is_of_folder(&self, path: &Path) -> bool {
        self.resolver.is_alike(path)
    }
}

/// The rulings made so far: a list that only grows, so that they can be lent out. There are as many as there are different
/// ways to judge, which are few.
#[derive(Debug, Default)]
struct Made(OnceLock<Box<(Arc<Judge>, Ruling, Made)>>);

impl Made {
    /// The ruling of a judge.
    fn of(&self, judge: &Arc<Judge>, make: impl Fn() -> Ruling) -> &Ruling {
        let mut list = self;
        loop {
            let (known, ruling, rest) =
                &**list.0.get_or_init(|| Box::new((Arc::clone(judge), make(), Self::default())));
            if Arc::ptr_eq(known, judge) {
                return ruling;
            }
            list = rest;
        }
    }
}
