//! What earlier scans know of a file, and what is remembered of it for later ones.

use std::path::Path;

use super::super::alt_text::alt_text_beside;
use super::super::block::Part;
use super::super::cache::Cache;
use super::super::folder::name_of;
use super::super::kept::Said;
use super::super::pool::{Scanned, Skip};
use super::super::record::{Outline, Record};
use super::super::ruling::Ruling;
use super::super::stamp::Stamp;
use super::{Answer, Scratch, Work, entry, unreadable};
use crate::finding::FileReport;
use crate::report::{Named, Needs, written};

/// What is remembered of a file besides its report.
#[derive(Clone, Copy)]
pub(super) struct Memory<'r> {
    pub(super) ruling: &'r Ruling,
    pub(super) stamp: Stamp,
    pub(super) is_media: bool,
}

impl Work<'_> {
    /// The answer, where an earlier scan knows it and the file is as it was.
    pub(super) fn known(
        &mut self,
        cache: &Cache,
        path: &Path,
        ruling: &Ruling,
        every: bool,
        may_have_alt_text: bool,
    ) -> Option<(Answer, u64)> {
        let record = cache.record(&mut self.scratch.place, name_of(path))?;
        let lacks = every && record.outline.is_none() || ruling.checker().draws() && !record.is_drawn;
        if record.facts_key != ruling.facts_key() || lacks {
            return None;
        }
        // A link that is followed is its target, as when it is opened.
        if self.folder.stamp(path) != Some(record.stamp) {
            return None;
        }
        let size = record.stamp.size;
        let outline = match record.outline {
            Some(outline) if every || record.is_media => outline,
            _ => return Some((Answer::Apart(Scanned::Skipped(Skip::NoMedia)), size)),
        };
        let alt_text = if may_have_alt_text { alt_text_beside(path) } else { Ok(None) };
        let alt_text = match alt_text {
            Ok(alt_text) => alt_text,
            Err(error) => return Some((Answer::Apart(unreadable(path, error)), 0)),
        };
        let is_current = record.verdict_key == ruling.verdict_key();
        if is_current && alt_text.is_none() {
            return Some((self.again(cache, path, record, outline)?, size));
        }
        cache.load(&mut self.scratch.block, &record, &[Part::Brief, Part::Facts, Part::Drawn])?;
        let name = written(path);
        let mut report = Box::new(self.scratch.block.kept(record.slot)?.report(String::new())?);
        let mut memory = None;
        if !is_current {
            report = ruling.judge_again(report.facts, &name, None);
            memory = Some(Memory { ruling, stamp: record.stamp, is_media: record.is_media });
        }
        if alt_text.is_some() {
            self.remember(path, &mut report, memory.take(), None);
            report = ruling.judge_again(report.facts, &name, alt_text.as_deref());
        }
        Some((self.conclude(path, &name, report, memory), size))
    }

    /// What an earlier scan answered. `None`: that is damaged.
    fn again(&mut self, cache: &Cache, path: &Path, record: Record, outline: Outline) -> Option<Answer> {
        if !self.wants(outline) {
            return Some(Answer::Together(outline));
        }
        let name = written(path);
        let Scratch { block, teller, .. } = &mut *self.scratch;
        match self.scan.options.needs {
            Needs::Told(telling) => {
                cache.load(block, &record, &[Part::Words])?;
                let words = block.kept(record.slot)?.words(telling.style.number())?;
                let Outline { verdict, errors, warnings, .. } = outline;
                let file = Named { path: &name, verdict, errors, warnings };
                let teller = teller.as_deref_mut()?;
                if words.text.is_some() || !teller.shows(file) {
                    teller.again(file, words);
                } else {
                    cache.load(block, &record, &[Part::Brief])?;
                    teller.file(&block.kept(record.slot)?.findings(name.into_owned())?);
                }
                self.together.is_told = true;
                Some(Answer::Together(outline))
            }
            Needs::Json => {
                cache.load(block, &record, &[Part::Brief, Part::Facts])?;
                let kept = block.kept(record.slot)?;
                self.together.entries.add(|to| kept.write_json(&name, to))?;
                Some(Answer::Together(outline))
            }
            Needs::Findings => {
                cache.load(block, &record, &[Part::Words, Part::Brief])?;
                Some(Answer::Apart(entry(Box::new(block.kept(record.slot)?.findings(name.into_owned())?))))
            }
            Needs::Facts => {
                cache.load(block, &record, &[Part::Brief, Part::Facts, Part::Drawn])?;
                Some(Answer::Apart(entry(Box::new(block.kept(record.slot)?.report(name.into_owned())?))))
            }
        }
    }

    /// Has a report remembered, and what people were told of it. Says whether its pieces are at hand.
    pub(super) fn remember(
        &mut self,
        path: &Path,
        report: &mut FileReport,
        memory: Option<Memory<'_>>,
        said: Option<Said<'_>>,
    ) -> bool {
        let Some(memory) = memory.filter(|_| self.scan.cache.is_some()) else { return false };
        let draws = memory.ruling.checker().draws();
        let is_drawn = draws || report.facts.movie.is_none();
        let outline = Some(Outline::of(report));
        let Scratch { pieces, builder, .. } = &mut *self.scratch;
        // A report that is too long to keep is read again the next time.
        if pieces.take(report, draws, said).is_none() {
            return false;
        }
        if let Some(slot) = builder.add(pieces) {
            self.list(path, memory, is_drawn, outline, slot);
        }
        if self.scratch.builder.is_full() {
            self.hand_on();
        }
        true
    }

    /// Has it remembered that a file is no media.
    pub(super) fn remember_none(&mut self, path: &Path, memory: Option<Memory<'_>>) {
        if let Some(memory) = memory.filter(|_| self.scan.cache.is_some()) {
            self.list(path, memory, true, None, 0);
        }
    }

    fn list(&mut self, path: &Path, memory: Memory<'_>, is_drawn: bool, outline: Option<Outline>, slot: u32) {
        let Memory { ruling, stamp, is_media } = memory;
        let (facts_key, verdict_key) = (ruling.facts_key(), ruling.verdict_key());
        let record = Record { stamp, facts_key, verdict_key, is_media, is_drawn, outline, block: 0, slot };
        self.portion.add(self.scratch.place.folder(), (name_of(path).into(), record));
    }

    /// Hands on to the cache what is to be remembered.
    pub(in crate::scan) fn hand_on(&mut self) {
        if let Some(cache) = self.scan.cache {
            let mut portion = std::mem::take(&mut self.portion);
            (portion.reports, portion.packs) = self.scratch.builder.finish();
            cache.remember(portion);
        }
    }
}
