//! By what each file of a scan is judged, as configurations say it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use media_preflight::report::visible;
use media_preflight::scan::{Ruling, Rulings};

use super::{Judge, Resolver};

/// The rulings of a scan, each made when its first file is met.
#[derive(Debug)]
pub(crate) struct ConfiguredRulings<'a> {
    resolver: &'a Resolver,
    /// The pack of the run, which reports tell once.
    pack: String,
    program: String,
    made: Made,
    /// What is wrong with configurations, each once.
    faults: Mutex<BTreeSet<String>>,
}

impl<'a> ConfiguredRulings<'a> {
    /// Rulings of a run whose own pack is that of `of_run`.
    pub(crate) fn new(resolver: &'a Resolver, of_run: &Judge, program: String) -> Self {
        let pack = of_run.checker.profile().name().to_owned();
        Self { resolver, pack, program, made: Made::default(), faults: Mutex::default() }
    }

    /// What was wrong with configurations that were met, each fault once.
    pub(crate) fn faults(self) -> BTreeSet<String> {
        self.faults.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rulings for ConfiguredRulings<'_> {
    fn of(&self, path: &Path) -> Result<&Ruling, String> {
        let judge = self.resolver.judge(path).map_err(|failure| {
            let fault = failure.to_string();
            let not_checked = format!("not checked: {}", visible(&fault));
            self.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(fault);
            not_checked
        })?;
        Ok(self.made.of(&judge, || {
            let ruling = Ruling::new(judge.checker.clone(), judge.category, &self.program);
            if judge.checker.profile().name() == self.pack { ruling } else { ruling.telling_pack() }
        }))
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
