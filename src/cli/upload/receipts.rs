//! The folder of receipts that an upload goes by.

use std::path::PathBuf;

use media_preflight::upload::{MediaFile, Receipt, ruling};
use media_preflight::{Category, Checker};

use super::usage::UploadUsage;
use crate::cli::failure::{Failure, Usage};

/// The folder of receipts that an upload goes by.
#[derive(Debug)]
pub(crate) struct Receipts {
    folder: PathBuf,
}

impl Receipts {
    /// The folder, which must be there.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, Failure> {
        if folder.is_dir() { Ok(Self { folder }) } else { Err(Usage::from(UploadUsage::NoReceipts(folder)).into()) }
    }

    /// The receipt for a file, in the category that is asked for or in any. Absent: there is none that holds.
    pub(crate) fn find(&self, file: &MediaFile, checker: &Checker, category: Option<Category>) -> Option<Receipt> {
        let digest = file.digest(&[], &|| true).ok()??;
        let categories = category.map_or_else(|| Category::ALL.to_vec(), |category| vec![category]);
        categories.into_iter().find_map(|category| {
            Receipt::find(&self.folder, &digest.sha256, file.stamp().size, &ruling(checker, category))
        })
    }
}
