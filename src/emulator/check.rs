//! The processing of an upload: its segments become one content, which is checked as `preflight check` would.

use std::io;

use super::judgement::Judgement;
use super::store::Store;
use super::upload::Upload;
use crate::check::{Checker, Request};

/// Makes one content of the segments of an upload and checks it. It may take a while, and be done again after an interruption.
///
/// Errors: the content could not be written or read.
pub(super) fn check(store: &impl Store, checker: &Checker, upload: &Upload) -> io::Result<Judgement> {
    if !upload.one_shot {
        store.assemble(upload)?;
    }
    let source = store.content(upload.id)?;
    let request = Request { category: upload.media_category, ..Request::default() };
    let report = checker.check(source.as_ref(), &request).map_err(io::Error::other)?;
    Ok(Judgement::of(&report, checker.profile()))
}
