//! By what each file of a scan is judged.

use std::fmt::{self, Write};
use std::path::Path;

use crate::check::Checker;
use crate::facts::Facts;
use crate::finding::FileReport;
use crate::input::{Source, SourceError};
use crate::profile::Category;
use crate::rules::Request;

/// By what a file is judged: a checker, and what is asked of the file besides its bytes.
#[derive(Clone, Debug)]
pub struct Ruling {
    checker: Checker,
    category: Option<Category>,
    /// Name of the pack, where reports tell it.
    pack: Option<String>,
    facts_key: u64,
    verdict_key: u64,
}

impl Ruling {
    /// Judges files with `checker`, as media of `category` or by their content.
    ///
    /// `program` names the build whose readers and rules these are: what another one read is not used.
    pub fn new(checker: Checker, category: Option<Category>, program: &str) -> Self {
        // All that decides a verdict is in the checker, limits of the pack and chosen rules included.
        let facts_key = hash(format_args!("{program} {:?}", checker.reading()));
        // What is drawn decides nothing.
        let judging = checker.clone().timeline(false);
        let verdict_key = hash(format_args!("{facts_key} {judging:?} {category:?}"));
        Self { checker, category, pack: None, facts_key, verdict_key }
    }

    /// The same, whose reports tell the name of the pack: it is another one than that of the run.
    #[must_use]
    pub fn telling_pack(mut self) -> Self {
        let pack = self.checker.profile().name().to_owned();
        self.verdict_key = hash(format_args!("{} {pack}", self.verdict_key));
        self.pack = Some(pack);
        self
    }

    /// The checker.
    pub const fn checker(&self) -> &Checker {
        &self.checker
    }

    /// Checks a file of this name, which the report does not tell, and lists the groups of pictures where they are drawn. The report is
    /// large, and passed on.
    pub(crate) fn check(&self, source: &dyn Source, name: &str) -> Result<Box<FileReport>, SourceError> {
        let facts = self.checker.read_to_judge(source)?;
        Ok(self.judge(facts, &self.request(name)))
    }

    fn request<'a>(&self, name: &'a str) -> Request<'a> {
        Request { name: Some(name), category: self.category, ..Request::default() }
    }

    fn judge(&self, facts: Facts, request: &Request<'_>) -> Box<FileReport> {
        let mut report = Box::new(self.checker.judge_unnamed(facts, request));
        report.pack.clone_from(&self.pack);
        report
    }

    /// Tells apart all that decides which facts are read.
    pub(crate) const fn facts_key(&self) -> u64 {
        self.facts_key
    }

    /// Tells apart all that decides the report: what is read and what it is held against.
    pub(crate) const fn verdict_key(&self) -> u64 {
        self.verdict_key
    }

    /// Judges the facts of a report again that was made without the alternative text, or under another ruling which reads
    /// the same. The report does not tell the name.
    pub(crate) fn judge_again(&self, facts: Facts, name: &str, alt_text: Option<&str>) -> Box<FileReport> {
        self.judge(facts, &Request { alt_text, ..self.request(name) })
    }
}

/// Says by what each file is judged; the same for all of them, or another one for some folders.
pub trait Rulings: Sync {
    /// The ruling for the file at `path`, which is as it was given and found.
    ///
    /// Errors: nothing says how to judge it, and why, in one sentence. It is told as a file that could not be read.
    fn of(&self, path: &Path) -> Result<&Ruling, String>;

    /// Whether it is that of all files beside this one, so that it need not be asked for again.
    fn is_of_folder(&self, _path: &Path) -> bool {
        false
    }
}

impl Rulings for Ruling {
    fn of(&self, _: &Path) -> Result<&Ruling, String> {
        Ok(self)
    }

    fn is_of_folder(&self, _: &Path) -> bool {
        true
    }
}

/// FNV-1a over the text: the same in every build, unlike the hashes of the standard library.
fn hash(text: fmt::Arguments<'_>) -> u64 {
    struct Fnv(u64);
    impl Write for Fnv {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for byte in text.bytes() {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            Ok(())
        }
    }
    let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
    // Writing to it never fails.
    let _ = fnv.write_fmt(text);
    fnv.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    fn ruling(checker: Checker) -> Ruling {
        Ruling::new(checker, None, "1.0")
    }

    #[test]
    fn what_decides_a_verdict_decides_the_key() {
        let checker = || Checker::new(Profile::default());
        let base = ruling(checker());
        assert_eq!(ruling(checker()).verdict_key(), base.verdict_key());
        assert_eq!(ruling(checker().timeline(true)).verdict_key(), base.verdict_key());
        let others = [
            Ruling::new(checker(), Some(Category::DmVideo), "1.0"),
            ruling(Checker::new(Profile::built_in("twitter-2026").unwrap())),
            ruling(checker().ignore(["open-gop".to_owned()])),
            ruling(checker().select(["open-gop".to_owned()])),
            ruling(checker()).telling_pack(),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(other.verdict_key(), base.verdict_key(), "{index}");
            assert_eq!(other.facts_key(), base.facts_key(), "{index}");
        }
    }

    #[test]
    fn one_limit_of_a_pack_decides_the_key() {
        let pack = |seconds: u32| {
            let text = format!(
                "name = \"own\"\nextends = \"twitter\"\n[limits.duration-too-long]\nvalue = {seconds}\nunit = \"s\"\n"
            );
            let profile = Profile::parse(&text, "own.toml", &|_| Err(String::new())).unwrap();
            ruling(Checker::new(profile)).verdict_key()
        };
        assert_ne!(pack(60), pack(61));
        assert_eq!(pack(60), pack(60));
    }

    #[test]
    fn what_decides_the_facts_decides_both_keys() {
        let base = ruling(Checker::new(Profile::default()));
        let limits = crate::input::Limits { depth: 31, ..crate::input::Limits::default() };
        for other in [
            ruling(Checker::new(Profile::default()).limits(limits)),
            Ruling::new(Checker::new(Profile::default()), None, "1.1"),
        ] {
            assert_ne!(other.facts_key(), base.facts_key());
            assert_ne!(other.verdict_key(), base.verdict_key());
        }
    }
}
