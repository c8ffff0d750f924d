//! Whether plans mend such findings, from the findings alone: reports that keep no facts say so too.

use crate::facts::Format;
use crate::finding::{Finding, Severity};
use crate::transcode::captions::loose_times;

/// Whether steps clear errors like all of these, and there is one. What a plan says of the file itself holds.
pub fn may_mend(findings: &[Finding]) -> bool {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error).peekable();
    errors.peek().is_some() && errors.all(may_clear)
}

fn may_clear(finding: &Finding) -> bool {
    match finding.rule.as_ref() {
        "unsupported-type" => {
            let name = finding.actual.to_string();
            CONVERTED.iter().any(|format| format.name() == name)
        }
        // Numbers and blank lines are written anew, and times where there is one way to read them.
        "subtitle-syntax" => {
            let (limit, actual) = (finding.limit.to_string(), finding.actual.to_string());
            let is_about_times = limit.starts_with("times") || limit.contains("-->") || actual.contains(':');
            !is_about_times || loose_times(&actual).is_some()
        }
        rule => !STAYING.contains(&rule),
    }
}

/// The formats that are not taken and that plans convert.
const CONVERTED: &[Format] = &[
    Format::AnnexB,
    Format::Asf,
    Format::Avi,
    Format::Avif,
    Format::Bmp,
    Format::Flv,
    Format::Heic,
    Format::Ico,
    Format::Jpeg2000,
    Format::JpegXl,
    Format::Matroska,
    Format::MpegPs,
    Format::MpegTs,
    Format::Ogg,
    Format::Psd,
    Format::Svg,
    Format::Tiff,
    Format::WebM,
    Format::WebVtt,
];
/// Rules whose errors no step clears, or only one that the user has to choose: which part of a film to keep, how a file is sent.
const STAYING: &[&str] = &[
    "additional-owners",
    "alt-text-too-long",
    "category-mismatch",
    "duration-too-long",
    "empty-file",
    "no-video-track",
    "subtitle-order",
    "undecodable-pixels",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::{failing, report};
    use super::super::{Action, Options, Remedy, plan, unsupported};
    use super::*;
    use crate::check::{Checker, Request};
    use crate::facts::Facts;
    use crate::finding::FileReport;
    use crate::profile::Profile;

    #[test]
    fn what_is_said_of_findings_is_what_plans_do() {
        // By rule: whether any case of it alone is mended, and any is not.
        let mut seen: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        for (rule, scenario) in failing() {
            let (report, profile) = report(&scenario);
            let errors = |report: &FileReport| {
                let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
                errors.map(|finding| finding.rule.clone().into_owned()).collect::<Vec<_>>()
            };
            if errors(&report) != [rule] {
                continue;
            }
            let plan = plan(&report, &profile, &Options::default());
            let is_made = plan.actions().any(|action| !matches!(action, Action::SendAs { .. }));
            let is_mended = plan.refused.is_empty() && is_made;
            if rule == "unsupported-type" {
                assert_eq!(may_mend(&report.findings), is_mended, "{}", report.findings[0].actual);
            }
            let (mended, stays) = seen.entry(rule).or_default();
            *mended |= is_mended;
            *stays |= !is_mended;
        }
        let staying: Vec<&str> = seen.iter().filter(|(_, (mended, _))| !mended).map(|(rule, _)| *rule).collect();
        assert_eq!(staying, STAYING);
        assert!(seen.len() > 25, "{}", seen.len());
        assert!(CONVERTED.iter().all(|format| matches!(unsupported(&Facts::new(1, *format)), Remedy::Actions(_))));
    }
    #[test]
    fn captions_are_mended_where_nothing_has_to_be_guessed() {
        let checker = Checker::new(Profile::default());
        for (text, is_mended) in [
            ("1\n00:00:01,000 --> 00:00:02,000\nA\n\nx\n00:00:03,000 --> 00:00:04,000\nB\n", true),
            ("1\n00:00:01.000 -> 00:00:02.000\nA\n", true),
            ("1\n00:00:01,000 -> 00:00:xx\nA\n", false),
            ("1\n00:00:03,000 --> 00:00:02,000\nA\n", false),
        ] {
            let request = Request { name: Some("a.srt"), ..Request::default() };
            let report = checker.check_bytes(text.as_bytes(), &request);
            let plan = plan(&report, checker.profile(), &Options::default());
            assert_eq!(plan.refused.is_empty() && !plan.steps.is_empty(), is_mended, "{text}");
            assert_eq!(may_mend(&report.findings), is_mended, "{text}");
        }
    }
}
