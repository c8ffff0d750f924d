//! Receipts: that a file of this content passed a check, so that another check can be skipped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::hex::hexadecimal;
use crate::check::Checker;
use crate::facts::MediaType;
use crate::finding::{FileReport, Verdict};
use crate::profile::Category;

/// That a file of this content passed a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// By what it was judged: see [`ruling`].
    pub ruling: String,
    /// The rule pack, for people.
    pub pack: String,
    /// The version of the program, for people.
    pub program: String,
    /// The category that it passed for.
    pub category: Category,
    /// MIME type.
    pub media_type: MediaType,
}

impl Receipt {
    /// The receipt for a report. Absent: the file did not pass.
    pub fn of(report: &FileReport, checker: &Checker, sha256: String) -> Option<Self> {
        let (category, media_type) = (report.category?, report.media_type?);
        (report.verdict == Verdict::Pass).then(|| Self {
            sha256,
            size: report.size,
            ruling: ruling(checker, category),
            pack: checker.profile().name().to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            category,
            media_type,
        })
    }

    /// Writes it into a folder, which is made where it is missing.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let path = path(folder, &self.sha256, &self.ruling);
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, serde_json::to_vec_pretty(self).map_err(io::Error::other)?)?;
        fs::rename(unfinished, path)
    }

    /// The receipt in a folder for a file of this content under this ruling. Absent: there is none that holds.
    pub fn find(folder: &Path, sha256: &str, size: u64, ruling: &str) -> Option<Self> {
        let text = fs::read(path(folder, sha256, ruling)).ok()?;
        let receipt: Self = serde_json::from_slice(&text).ok()?;
        (receipt.sha256 == sha256 && receipt.size == size && receipt.ruling == ruling).then_some(receipt)
    }
}

/// By what a file is judged, in one text: the version of the program, every limit and every option of the checker, and the
/// category. Anything else gives another text.
pub fn ruling(checker: &Checker, category: Category) -> String {
    let text = format!("{} {category} {checker:?}", env!("CARGO_PKG_VERSION"));
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Where the receipt for a content under a ruling is.
fn path(folder: &Path, sha256: &str, ruling: &str) -> PathBuf {
    folder.join(format!("{sha256}-{}.json", ruling.get(..8).unwrap_or(ruling)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::rules::Request;

    const CAPTIONS: &[u8] = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n";

    #[test]
    fn a_receipt_holds_for_the_same_content_and_ruling_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("receipts");
        let checker = Checker::new(Profile::default());
        let report = checker.check_bytes(CAPTIONS, &Request::default());
        let receipt = Receipt::of(&report, &checker, "ab".to_owned()).unwrap();
        receipt.write(&folder).unwrap();
        let rule = ruling(&checker, Category::Subtitles);
        assert_eq!(Receipt::find(&folder, "ab", receipt.size, &rule), Some(receipt.clone()));
        assert_eq!(Receipt::find(&folder, "ab", receipt.size + 1, &rule), None);
        assert_eq!(Receipt::find(&folder, "ac", receipt.size, &rule), None);
        let others = [
            ruling(&checker, Category::TweetVideo),
            ruling(&Checker::new(Profile::built_in("twitter-2026").unwrap()), Category::Subtitles),
            ruling(&checker.clone().ignore(["subtitle-order".to_owned()]), Category::Subtitles),
        ];
        for other in others {
            assert_ne!(other, rule);
            assert_eq!(Receipt::find(&folder, "ab", receipt.size, &other), None);
        }
        fs::write(path(&folder, "ab", &rule), "{").unwrap();
        assert_eq!(Receipt::find(&folder, "ab", receipt.size, &rule), None);
    }

    #[test]
    fn what_does_not_pass_gets_none() {
        let checker = Checker::new(Profile::default());
        let report = checker.check_bytes(b"GIF89a", &Request::default());
        assert_eq!(Receipt::of(&report, &checker, "ab".to_owned()), None);
    }
}
