//! Rules of a post and of a request.

pub(crate) mod additional_owners;
pub(crate) mod alt_text_too_long;
pub(crate) mod post_media_mix;

use crate::facts::Facts;
use crate::profile::{Category, Limits};

/// The files that belong to one post.
#[derive(Debug)]
pub(crate) struct Post<'a> {
    /// The facts of each file, and the category it was checked for.
    pub(crate) files: Vec<(&'a Facts, Option<Category>)>,
    /// The limits in force.
    pub(crate) limits: &'a Limits,
}
