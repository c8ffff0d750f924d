//! The pipeline: a source and a pack in, a report out.

pub use crate::rules::Request;

use std::borrow::Cow;
use std::fmt;

#[cfg(feature = "deep")]
use crate::deep;
use crate::facts::{Facts, Format};
use crate::finding::{CategoryVerdict, FileReport, Finding, Severity, Verdict};
use crate::input::{Extras, Limits, Source, SourceError};
use crate::profile::{Category, Profile, Use};
use crate::rules::{self, Context, Judgement, Peer, Prepared, Selection};
use crate::syntax;

/// Checks files against one rule pack. Build it once and use it for many files; it may be shared by threads.
#[derive(Clone)]
pub struct Checker {
    profile: Profile,
    limits: Limits,
    extras: Extras,
    selected: Selection,
    ignored: Selection,
    #[cfg(feature = "deep")]
    deep: bool,
    prepared: Prepared,
}

impl Checker {
    /// A checker that holds files against `profile`.
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            limits: Limits { structure_bytes: 64 << 20, read_bytes: 2 << 30, items: 4 << 20, depth: 32 },
            extras: Extras::NONE,
            selected: Selection::ALL,
            ignored: Selection::NONE,
            #[cfg(feature = "deep")]
            deep: false,
            prepared: Prepared::new(),
        }
    }

    /// What one inspection may cost at most.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads too how the bytes of a video spread over its time, for reports that draw it.
    #[must_use]
    pub const fn timeline(mut self, timeline: bool) -> Self {
        self.extras.timeline = timeline;
        self
    }

    /// Applies only the rules with these identifiers; what names no rule is left out. Empty: all rules.
    #[must_use]
    pub fn select(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        let rules: Vec<String> = rules.into_iter().collect();
        self.selected = if rules.is_empty() { Selection::ALL } else { Selection::of(rules) };
        self
    }

    /// Leaves out the rules with these identifiers, even selected ones; what names no rule is left out.
    #[must_use]
    pub fn ignore(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.ignored = Selection::of(rules);
        self
    }

    /// Decodes images and GIFs fully (feature `deep`), to find damage that headers do not show.
    #[cfg(feature = "deep")]
    #[must_use]
    pub const fn deep(mut self, deep: bool) -> Self {
        self.deep = deep;
        self
    }

    /// The pack in force.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// All that decides which facts are read: the budget, and whether pixels are decoded.
    #[cfg(feature = "scan")]
    pub(crate) const fn reading(&self) -> (Limits, bool) {
        #[cfg(feature = "deep")]
        let deep = self.deep;
        #[cfg(not(feature = "deep"))]
        let deep = false;
        (self.limits, deep)
    }

    /// Whether what is drawn of videos is read too.
    #[cfg(feature = "scan")]
    pub(crate) const fn draws(&self) -> bool {
        self.extras.timeline
    }

    /// The format of a source, which is held against nothing.
    ///
    /// Errors: the source could not deliver its bytes.
    #[cfg(feature = "scan")]
    pub(crate) fn format(source: &dyn Source) -> Result<Format, SourceError> {
        syntax::inspect(source, Limits::default()).map(|facts| facts.format)
    }

    /// Checks a source.
    ///
    /// Errors: the source could not deliver its bytes. Damage in the file is part of the report.
    pub fn check(&self, source: &dyn Source, request: &Request<'_>) -> Result<FileReport, SourceError> {
        Ok(self.judge(self.read(source)?, request))
    }

    /// Checks bytes in memory.
    ///
    /// ```
    /// use media_preflight::{Checker, Profile, Request, Verdict};
    ///
    /// let checker = Checker::new(Profile::default());
    /// let report = checker.check_bytes(b"BM is a bitmap, which the platform does not take", &Request::default());
    /// assert_eq!(report.verdict, Verdict::Fail);
    /// assert_eq!(report.findings[0].rule, "unsupported-type");
    /// ```
    pub fn check_bytes(&self, bytes: &[u8], request: &Request<'_>) -> FileReport {
        let facts = match self.read(&bytes) {
            Ok(facts) => facts,
            // Memory delivers every byte that it says it has.
            Err(_) => Facts::new(bytes.len() as u64, crate::facts::Format::Unknown),
        };
        self.judge(facts, request)
    }

    /// Checks the file at a path. The request's name, where it is absent, is the path's.
    ///
    /// Errors: the file could not be opened or read, or is not a regular file. Damage in it is part of the report.
    #[cfg(feature = "fs")]
    pub fn check_path(&self, path: &std::path::Path, request: &Request<'_>) -> Result<FileReport, SourceError> {
        let source = crate::input::FileSource::open(path).map_err(|error| SourceError::failed(0, 0, error))?;
        let name = path.to_string_lossy();
        self.check(&source, &Request { name: request.name.or(Some(&name)), ..*request })
    }

    /// Reads the facts.
    fn read(&self, source: &dyn Source) -> Result<Facts, SourceError> {
        self.read_listing(source, true)
    }

    /// The same without the list of the groups of pictures where nothing is drawn, as only drawings show it.
    #[cfg(feature = "scan")]
    pub(crate) fn read_to_judge(&self, source: &dyn Source) -> Result<Facts, SourceError> {
        self.read_listing(source, self.draws())
    }

    /// Reads the facts, those of the deep check included where it is asked for.
    fn read_listing(&self, source: &dyn Source, lists_groups: bool) -> Result<Facts, SourceError> {
        #[cfg_attr(not(feature = "deep"), expect(unused_mut, reason = "only the deep check adds to the facts"))]
        let mut facts = syntax::inspect_listing(source, self.limits, self.extras, lists_groups)?;
        #[cfg(feature = "deep")]
        if self.deep {
            facts.pixels = deep::decode(source, &facts);
        }
        Ok(facts)
    }

    /// Holds facts that were read before against the pack.
    pub fn judge(&self, facts: Facts, request: &Request<'_>) -> FileReport {
        let mut report = self.judge_unnamed(facts, request);
        report.path = request.name.map(str::to_owned);
        report
    }

    /// The same, for whoever needs no path in the report.
    pub(crate) fn judge_unnamed(&self, facts: Facts, request: &Request<'_>) -> FileReport {
        let context = Context::new(&facts, &self.profile, request);
        let category = context.category;
        let docket = self.prepared.docket(&self.profile, category);
        let Judgement { verdict, findings, undecided, near_misses, broken, open } =
            rules::judge(&context, docket, self.selection());
        let accepted_by = match verdict {
            Verdict::Fail => self.accepted_by(&facts, request, broken, open),
            Verdict::Pass | Verdict::Undecided => Vec::new(),
        };
        FileReport {
            path: None,
            media_type: facts.format.media_type(),
            category,
            size: facts.size,
            verdict,
            findings,
            undecided,
            near_misses,
            accepted_by,
            pack: None,
            sha256: None,
            matrix: Vec::new(),
            facts,
            description: None,
        }
    }

    /// What each category that takes this kind of content makes of a file, from facts that were read once; in the order
    /// of [`Category::ALL`]. Empty: no category takes the content.
    pub fn matrix(&self, facts: &Facts, request: &Request<'_>) -> Vec<CategoryVerdict> {
        let derived = Context::new(facts, &self.profile, &Request { category: None, ..*request }).category;
        let Some(derived) = derived else { return Vec::new() };
        // A still GIF may be sent as an animated one, and is judged as that.
        let fits = |category: &Category| {
            category.takes() == derived.takes() || facts.format == Format::Gif && category.takes() == Use::Gif
        };
        let judge = |category| {
            let request = Request { category: Some(category), ..*request };
            let docket = self.prepared.docket(&self.profile, Some(category));
            let judgement = rules::judge(&Context::new(facts, &self.profile, &request), docket, self.selection());
            let errors = judgement.findings.into_iter().filter(|finding| finding.severity == Severity::Error);
            let mut rules: Vec<_> = match judgement.verdict {
                Verdict::Fail => errors.map(|finding| finding.rule).collect(),
                Verdict::Undecided => judgement.undecided.into_iter().map(|undecided| undecided.rule).collect(),
                Verdict::Pass => Vec::new(),
            };
            rules.dedup();
            CategoryVerdict { category, verdict: judgement.verdict, rules }
        };
        Category::ALL.into_iter().filter(fits).map(judge).collect()
    }

    /// Holds files that belong to one post against the rules of a post. Empty: the files fit into one post.
    pub fn check_post(&self, files: &[&FileReport]) -> Vec<Finding> {
        rules::judge_post(files.iter().map(|file| (&file.facts, file.category)), &self.profile, self.selection())
    }

    /// The other built-in packs of the platform that would take a file that breaks these rules and leaves those open.
    fn accepted_by(
        &self,
        facts: &Facts,
        request: &Request<'_>,
        broken: Selection,
        open: Selection,
    ) -> Vec<Cow<'static, str>> {
        let takes = |peer: &&Peer| {
            let context = Context::new(facts, peer.profile, request);
            let alike = peer.alike(&self.profile, context.category);
            // What is refused here is refused there by the same limit, and what is taken is taken.
            alike.and(broken) == Selection::NONE
                && rules::passes(&context, peer.docket(context.category), self.selection().without(alike.without(open)))
        };
        self.prepared.peers(&self.profile).iter().filter(takes).map(|peer| peer.profile.name().into()).collect()
    }

    const fn selection(&self) -> Selection {
        self.selected.without(self.ignored)
    }
}

impl fmt::Debug for Checker {
    /// Without what follows from the pack, as if that were not remembered: this text tells rulings apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            profile,
            limits,
            extras,
            selected,
            ignored,
            #[cfg(feature = "deep")]
            deep,
            prepared: _,
        } = self;
        let mut text = f.debug_struct("Checker");
        text.field("profile", profile).field("limits", limits).field("extras", extras);
        text.field("selected", selected).field("ignored", ignored);
        #[cfg(feature = "deep")]
        text.field("deep", deep);
        text.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{AnomalyKind, Fact};
    use crate::rules::testing::{Scenario, known, seconds};
    use crate::units::BitRate;

    fn judged(checker: &Checker, scenario: &Scenario) -> FileReport {
        scenario.with_request(|request| checker.judge(scenario.facts.clone(), request))
    }

    fn checker() -> Checker {
        Checker::new(Profile::default())
    }

    fn ids(report: &FileReport) -> Vec<&str> {
        report.findings.iter().map(|finding| finding.rule.as_ref()).collect()
    }

    #[test]
    fn the_text_of_a_checker_tells_what_it_was_given_and_nothing_else() {
        let checker = checker().ignore(["audio-codec".to_owned()]);
        let before = format!("{checker:?}");
        assert!(before.starts_with("Checker { profile: Profile { name: \"twitter\","), "{before}");
        let mut scenario = Scenario::movie();
        scenario.length(seconds(150, 1));
        assert_eq!(judged(&checker, &scenario).accepted_by.len(), 2);
        assert_eq!(format!("{checker:?}"), before);
        assert_ne!(format!("{:?}", checker.ignore([])), before);
    }

    #[test]
    fn a_file_that_is_all_that_is_recommended_passes_without_a_word() {
        for (scenario, category) in [
            (Scenario::movie(), Category::TweetVideo),
            (Scenario::jpeg(), Category::TweetImage),
            (Scenario::gif(), Category::TweetGif),
            (Scenario::srt(), Category::Subtitles),
        ] {
            let report = judged(&checker(), &scenario);
            assert_eq!((report.verdict, report.category), (Verdict::Pass, Some(category)));
            assert!(report.findings.is_empty() && report.undecided.is_empty() && report.near_misses.is_empty());
            assert!(report.accepted_by.is_empty());
        }
    }

    #[test]
    fn a_fault_outweighs_what_is_undecided_and_errors_come_first() {
        let mut scenario = Scenario::movie();
        scenario.track().bit_rate = known(BitRate(1));
        assert_eq!(judged(&checker(), &scenario).verdict, Verdict::Pass);

        scenario.video().open_gops = Fact::unknown("the pictures were not read");
        let report = judged(&checker(), &scenario);
        assert_eq!(report.verdict, Verdict::Undecided);
        assert_eq!(report.undecided[0].rule, "open-gop");
        assert_eq!(report.undecided[0].why.to_string(), "the pictures were not read");

        scenario.audio_codec(*b"Opus", "Opus");
        let report = judged(&checker(), &scenario);
        assert_eq!(report.verdict, Verdict::Fail);
        assert_eq!(ids(&report), ["audio-codec", "video-bitrate-recommended"]);
        assert_eq!(report.findings[0].severity, Severity::Error);
        assert_eq!(report.findings[1].severity, Severity::Warning);
    }

    #[test]
    fn a_should_that_is_undecided_leaves_the_verdict_alone() {
        let mut scenario = Scenario::movie();
        scenario.track().bit_rate = Fact::unknown("cut");
        let report = judged(&checker(), &scenario);
        assert_eq!(report.verdict, Verdict::Pass);
        assert_eq!(report.undecided.len(), 1);
    }

    #[test]
    fn rules_are_selected_and_ignored() {
        let mut scenario = Scenario::movie();
        scenario.audio_codec(*b"Opus", "Opus");
        scenario.length(seconds(150, 1));
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(ids(&judged(&checker(), &scenario)), ["duration-too-long", "audio-codec"]);
        let one = checker().select(of(&["audio-codec", "no-such-rule"]));
        assert_eq!(ids(&judged(&one, &scenario)), ["audio-codec"]);
        let rest = checker().ignore(of(&["audio-codec"]));
        assert_eq!(ids(&judged(&rest, &scenario)), ["duration-too-long"]);
        let none = checker().select(of(&["audio-codec"])).ignore(of(&["audio-codec"]));
        assert_eq!(judged(&none, &scenario).verdict, Verdict::Pass);
        assert_eq!(ids(&judged(&checker().select(Vec::new()), &scenario)).len(), 2);
    }

    #[test]
    fn the_packs_that_would_take_a_failing_file_are_named() {
        let mut scenario = Scenario::movie();
        scenario.length(seconds(150, 1));
        assert_eq!(judged(&checker(), &scenario).accepted_by, ["twitter-2026", "twitter-2026-premium"]);
        scenario.length(seconds(1201, 1));
        assert_eq!(judged(&checker(), &scenario).accepted_by, ["twitter-2026-premium"]);
        scenario.category = Some(Category::DmVideo);
        assert!(judged(&checker(), &scenario).accepted_by.is_empty());
        scenario.length(seconds(150, 1));
        assert_eq!(judged(&checker(), &scenario).accepted_by, ["twitter-2026-premium"]);
        scenario.video().open_gops = Fact::unknown("the pictures were not read");
        assert!(judged(&checker(), &scenario).accepted_by.is_empty());
    }

    #[test]
    fn a_size_between_two_sentences_is_a_warning_in_the_newer_packs() {
        let mut scenario = Scenario::movie();
        scenario.size(1920, 1080);
        let report = judged(&checker(), &scenario);
        assert_eq!((report.verdict, report.accepted_by.len()), (Verdict::Fail, 2));
        for (pack, rules) in [
            ("twitter-2026", &["dimensions-too-large", "resolution-recommended"][..]),
            ("twitter-2026-premium", &["dimensions-too-large"]),
        ] {
            let report = judged(&Checker::new(Profile::built_in(pack).unwrap()), &scenario);
            assert_eq!((report.verdict, ids(&report)), (Verdict::Pass, rules.to_vec()));
        }
    }

    #[test]
    fn a_file_above_all_segments_is_a_warning_in_the_newer_packs() {
        let mut scenario = Scenario::movie();
        scenario.facts.size = 6 << 30;
        assert_eq!(ids(&judged(&checker(), &scenario)), ["file-too-large", "too-many-segments"]);
        let newer = Checker::new(Profile::built_in("twitter-2026").unwrap());
        let report = judged(&newer, &scenario);
        assert_eq!((report.verdict, ids(&report)), (Verdict::Pass, vec!["too-many-segments"]));
    }

    #[test]
    fn a_damaged_movie_is_told_in_few_words() {
        let mut scenario = Scenario::movie();
        scenario.facts.movie = None;
        scenario.anomaly(AnomalyKind::Malformed);
        let report = judged(&checker(), &scenario);
        assert_eq!((report.verdict, ids(&report)), (Verdict::Fail, vec!["malformed-file"]));
        let undecided: Vec<&str> = report.undecided.iter().map(|undecided| undecided.rule.as_ref()).collect();
        assert_eq!(undecided, ["no-video-track"]);

        let mut scenario = Scenario::movie();
        scenario.unread_pictures();
        scenario.anomaly(AnomalyKind::Truncated);
        let report = judged(&checker(), &scenario);
        assert!(!report.undecided.is_empty());
        for undecided in &report.undecided {
            assert_eq!(undecided.why.to_string(), "the file is damaged before it could be read");
        }
    }

    #[test]
    fn a_file_beyond_the_budget_is_undecided() {
        let mut scenario = Scenario::jpeg();
        scenario.anomaly(AnomalyKind::BudgetExceeded);
        let report = judged(&checker(), &scenario);
        assert_eq!((report.verdict, report.undecided[0].rule.as_ref()), (Verdict::Undecided, "budget-exceeded"));
    }

    #[test]
    fn near_misses_are_told_apart_from_findings() {
        let mut scenario = Scenario::movie();
        scenario.length(seconds(1399, 10));
        let report = judged(&checker(), &scenario);
        assert_eq!(report.verdict, Verdict::Pass);
        assert_eq!(report.near_misses.len(), 1);
        assert_eq!(report.near_misses[0].rule, "duration-too-long");
        assert_eq!(report.near_misses[0].message, "139.9 s of at most 140 s");
    }

    #[test]
    fn a_post_is_judged_as_a_whole() {
        let photo = judged(&checker(), &Scenario::jpeg());
        let video = judged(&checker(), &Scenario::movie());
        assert!(checker().check_post(&[&photo, &photo, &photo, &photo]).is_empty());
        let findings = checker().check_post(&[&photo, &video]);
        assert_eq!((findings.len(), findings[0].rule.as_ref()), (1, "post-media-mix"));
        assert_eq!(findings[0].severity, Severity::Error);
        assert!(checker().ignore(["post-media-mix".to_owned()]).check_post(&[&photo, &video]).is_empty());
        assert!(checker().check_post(&[]).is_empty());
    }

    #[test]
    fn an_empty_file_is_told_once() {
        let report = checker().check_bytes(b"", &Request { name: Some("film.mp4"), ..Request::default() });
        assert_eq!((report.verdict, ids(&report)), (Verdict::Fail, vec!["empty-file"]));
    }
}
