//! What the check of an upload comes to in the words of the platform.
//!
//! The platform tells one error with a code, a name and a sentence; the sentences are those that were seen in the wild, each
//! given for the findings that it is known or most likely to stand for.

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::api::ProcessingError;
use crate::finding::{FileReport, Finding, Severity, Value, Verdict};
use crate::profile::{Category, Profile, Use};
use crate::units::{Dimensions, Ratio};

/// What the check made of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The category it was checked for, by its content where INIT named none.
    pub category: Option<Category>,
    /// MIME type by the content. Absent for what the platform does not take.
    pub content_type: Option<String>,
    /// Size of an image in pixels, as it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
    /// What is wrong, errors first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Told>,
    /// Why the upload is of no use. Absent: it can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<Defect>,
}

/// A finding, or a rule that could not be decided, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Identifier of the rule.
    pub rule: String,
    /// Whether it makes the upload useless. Absent for a rule that could not be decided.
    pub severity: Option<Severity>,
    /// What is wrong, or why it could not be decided.
    pub message: String,
}

/// Why an upload is of no use, as the platform would say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Defect {
    /// Its format is none that is taken, or is not that of the category.
    Format,
    /// It is too long.
    Duration {
        /// How long it is, in milliseconds.
        actual_ms: u64,
        /// How long it may be, in milliseconds.
        limit_ms: u64,
    },
    /// Too many pictures lie between two that need no other.
    GroupOfPictures {
        /// How many there may be.
        limit: u64,
    },
    /// It has too many bytes.
    Size {
        /// How many there may be.
        limit: u64,
    },
    /// It is damaged.
    Damaged,
    /// Anything else, and what could not be decided.
    Unsupported,
}

impl Judgement {
    /// What `report` comes to; `profile` is the pack it was made by.
    pub fn of(report: &FileReport, profile: &Profile) -> Self {
        let told = |finding: &Finding| Told {
            rule: finding.rule.to_string(),
            severity: Some(finding.severity),
            message: finding.message.clone(),
        };
        let undecided = report.undecided.iter().map(|undecided| Told {
            rule: undecided.rule.to_string(),
            severity: None,
            message: undecided.why.to_string(),
        });
        Self {
            verdict: report.verdict,
            category: report.category,
            content_type: report.media_type.map(|media_type| media_type.as_str().to_owned()),
            dimensions: dimensions(report),
            findings: report.findings.iter().map(told).chain(undecided).collect(),
            defect: Defect::of(report, profile),
        }
    }

    /// Whether the upload can be used.
    pub const fn is_usable(&self) -> bool {
        self.defect.is_none()
    }

    /// Whether it is an image or an animated GIF.
    pub fn is_picture(&self) -> bool {
        self.category.is_some_and(|category| matches!(category.takes(), Use::Image | Use::Gif))
    }

    /// Whether it is a video.
    pub fn is_video(&self) -> bool {
        self.category.is_some_and(|category| category.takes() == Use::Video)
    }
}

impl Defect {
    /// The gravest fault of a report, in the order in which the platform would meet them.
    fn of(report: &FileReport, profile: &Profile) -> Option<Self> {
        let errors = || report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let found = |rules: &[&str]| errors().find(|finding| rules.contains(&finding.rule.as_ref()));
        match report.verdict {
            Verdict::Pass => return None,
            Verdict::Undecided => return Some(Self::Unsupported),
            Verdict::Fail => {}
        }
        if let Some(finding) = found(&["file-too-large"]) {
            return Some(Self::Size { limit: whole(&finding.limit)? });
        }
        if found(&["unsupported-type", "category-mismatch", "video-codec", "no-video-track"]).is_some() {
            return Some(Self::Format);
        }
        if found(&["empty-file", "truncated-file", "malformed-file", "undecodable-pixels"]).is_some() {
            return Some(Self::Damaged);
        }
        if found(&["duration-too-long"]).is_some() {
            let limit = profile.limits().duration_too_long.of(report.category).value;
            let actual = report.facts.movie.as_ref().and_then(|movie| movie.duration.value().copied());
            if let Some(actual) = actual {
                let (actual_ms, limit_ms) = (millis(actual.seconds()), millis(limit.seconds()));
                return Some(Self::Duration { actual_ms, limit_ms });
            }
        }
        if let Some(finding) = found(&["gop-too-long"])
            && let Some(limit) = whole(&finding.limit)
        {
            return Some(Self::GroupOfPictures { limit });
        }
        Some(Self::Unsupported)
    }

    /// The error that STATUS tells.
    pub fn processing_error(&self) -> ProcessingError {
        const INVALID: (u64, &str) = (1, "InvalidMedia");
        const UNSUPPORTED: (u64, &str) = (3, "UnsupportedMedia");
        let ((code, name), message) = match self {
            Self::Format => (INVALID, "Unsupported video format".to_owned()),
            Self::Damaged => (INVALID, "file is invalid".to_owned()),
            Self::Duration { actual_ms, limit_ms } => (
                UNSUPPORTED,
                format!("Duration {} exceeds max duration of {}", spelled(*actual_ms), spelled(*limit_ms)),
            ),
            Self::GroupOfPictures { limit } => {
                (UNSUPPORTED, format!("Video GOP is too large. Largest number of frames allowed in one GOP: {limit}"))
            }
            Self::Size { limit } => (UNSUPPORTED, Refusal::TooLarge(*limit).to_string()),
            Self::Unsupported => (UNSUPPORTED, "file is currently unsupported".to_owned()),
        };
        ProcessingError { code: Some(code), name: Some(name.to_owned()), message: Some(message) }
    }

    /// The refusal of a FINALIZE or a simple upload that answers with the outcome.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Format => Refusal::MediaType,
            Self::Size { limit } => Refusal::TooLarge(*limit),
            Self::Damaged | Self::Duration { .. } | Self::GroupOfPictures { .. } | Self::Unsupported => {
                Refusal::Invalid("media")
            }
        }
    }
}

/// The size of an image as it is shown.
fn dimensions(report: &FileReport) -> Option<Dimensions> {
    let image = report.facts.image.as_ref()?;
    let stored = image.dimensions.value().copied()?;
    let turned = image.orientation.value().is_some_and(|orientation| orientation.exchanges_axes());
    Some(if turned { Dimensions::new(stored.height, stored.width) } else { stored })
}

const fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Text(_) => None,
    }
}

/// Milliseconds, rounded up: what is over a limit stays over it.
fn millis(seconds: Ratio) -> u64 {
    let whole = u128::from(seconds.numerator()).saturating_mul(1000).div_ceil(u128::from(seconds.denominator()));
    u64::try_from(whole).unwrap_or(u64::MAX)
}

/// A duration as the platform spells it, such as `2.minutes+29.seconds+350.milliseconds`.
fn spelled(milliseconds: u64) -> String {
    let units = [
        (milliseconds / 3_600_000, "hours"),
        (milliseconds / 60_000 % 60, "minutes"),
        (milliseconds / 1000 % 60, "seconds"),
        (milliseconds % 1000, "milliseconds"),
    ];
    let parts: Vec<String> =
        units.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}.{unit}")).collect();
    if parts.is_empty() { "0.seconds".to_owned() } else { parts.join("+") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Checker, Request};

    fn told(bytes: &[u8], category: Option<Category>) -> Option<(u64, String)> {
        let profile = Profile::default();
        let request = Request { category, ..Request::default() };
        let report = Checker::new(profile.clone()).check_bytes(bytes, &request);
        let judgement = Judgement::of(&report, &profile);
        let error = judgement.defect?.processing_error();
        Some((error.code.unwrap(), error.message.unwrap()))
    }

    macro_rules! sample {
        ($name:literal) => {
            include_bytes!(concat!("../../samples/", $name)).as_slice()
        };
    }

    #[test]
    fn each_sample_is_told_in_the_words_of_the_platform() {
        let (video, gif) = (Some(Category::TweetVideo), Some(Category::TweetGif));
        let (format, invalid, unsupported) =
            ("Unsupported video format", "file is invalid", "file is currently unsupported");
        let long = "Duration 2.minutes+21.seconds exceeds max duration of 2.minutes+20.seconds";
        for (bytes, category, expected) in [
            (sample!("video.mp4"), video, None),
            (sample!("gif-animated.gif"), gif, None),
            (sample!("video-hevc.mp4"), video, Some((1, format))),
            (sample!("bitmap.bmp"), None, Some((1, format))),
            (sample!("photo.jpg"), video, Some((1, format))),
            (sample!("video-cut-off.mp4"), video, Some((1, invalid))),
            (sample!("gif-cut-off.gif"), gif, Some((1, invalid))),
            (sample!("empty.mp4"), video, Some((1, invalid))),
            (sample!("video-141-seconds.mp4"), video, Some((3, long))),
            (sample!("video-open-gop.mp4"), video, Some((3, unsupported))),
            (sample!("gif-351-frames.gif"), gif, Some((3, unsupported))),
        ] {
            let expected = expected.map(|(code, message): (u64, &str)| (code, message.to_owned()));
            assert_eq!(told(bytes, category), expected, "{category:?} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn durations_are_spelled_as_the_platform_does() {
        for (milliseconds, text) in [
            (149_350, "2.minutes+29.seconds+350.milliseconds"),
            (140_000, "2.minutes+20.seconds"),
            (60_000, "1.minutes"),
            (7_500_001, "2.hours+5.minutes+1.milliseconds"),
            (0, "0.seconds"),
        ] {
            assert_eq!(spelled(milliseconds), text);
        }
        // 140.00001 s is more than 140 s, and is to be told as more.
        assert_eq!(millis(Ratio::new(14_000_001, 100_000).unwrap()), 140_001);
    }

    #[test]
    fn what_is_undecided_is_of_no_use() {
        let profile = Profile::default();
        let mut report = Checker::new(profile.clone()).check_bytes(sample!("photo.jpg"), &Request::default());
        assert!(Judgement::of(&report, &profile).is_usable());
        report.verdict = Verdict::Undecided;
        assert_eq!(Judgement::of(&report, &profile).defect, Some(Defect::Unsupported));
    }
}
