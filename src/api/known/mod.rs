//! What the messages of the service mean: every message that is known to have been seen, with the rules of ours that look for
//! the same fault, and what to do about it.
//!
//! ```
//! use media_preflight::api::known;
//!
//! let found = known::find("Duration too long, maximum:30000, actual:77000 (MediaId: snf:1)").unwrap();
//! assert_eq!(found.row.rules, ["duration-too-long"]);
//! assert!(found.meaning().contains("77 s"));
//! ```

mod pasted;
mod pattern;
mod table;

use std::borrow::Cow;

pub use pasted::{Pasted, Said};
pub use table::ROWS;

/// A message of the service. Rows differ in their message, or, where the service says none, in their code and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The message with a placeholder for what differs: `{n}` a number, `{bytes}`, `{ms}` milliseconds, `{duration}` such as
    /// `2.minutes+20.seconds`, `{id}` an identifier. Empty where the service says no word.
    pub message: &'static str,
    /// The number that comes with it.
    pub code: Option<u64>,
    /// The name that comes with it, for failed processing: `InvalidMedia`.
    pub name: Option<&'static str>,
    /// The status of HTTP that it comes with, where it is always the same.
    pub status: Option<u16>,
    /// What it is about.
    pub about: About,
    /// Rules of ours that look for the fault before anything is sent, the likeliest first.
    pub rules: &'static [&'static str],
    /// What it means. `{0}` is what stands in the place of the first placeholder of the message.
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// The file.
    File,
    /// How the file was sent.
    Sending,
    /// The post that the upload is used in.
    Post,
    /// Who sends it.
    Credentials,
    /// The service itself.
    Service,
}

/// A row with what stands in the places of its placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The row.
    pub row: &'static Known,
    /// What stands in the places, in words: `77 s`, `15 MiB`.
    pub values: Vec<String>,
}

impl About {
    /// In a few words, such as `the file`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "the file",
            Self::Sending => "how the file is sent",
            Self::Post => "the post that uses the upload",
            Self::Credentials => "who sends it",
            Self::Service => "the service itself",
        }
    }
}

impl Found {
    /// What it means, with the values of this message.
    pub fn meaning(&self) -> String {
        self.values.iter().enumerate().fold(self.row.meaning.to_owned(), |meaning, (index, value)| {
            meaning.replace(&format!("{{{index}}}"), value)
        })
    }
}

/// The row whose message stands anywhere in the text: of several the one that agrees with most of it. Case and white space do
/// not matter.
pub fn find(text: &str) -> Option<Found> {
    let text = normalised(text);
    let matches = ROWS.iter().filter(|row| !row.message.is_empty()).filter_map(|row| {
        let matched = pattern::matched(&normalised(row.message), &text)?;
        Some((matched.literal, Found { row, values: matched.values }))
    });
    // Of equals the first, which is the plainer one.
    matches.rev().max_by_key(|(literal, _)| *literal).map(|(_, found)| found)
}

/// The row for a refusal without a message that is known: by its code and name, then by its status.
pub fn find_silent(code: Option<u64>, name: Option<&str>, status: Option<u16>) -> Option<Found> {
    let silent = || ROWS.iter().filter(|row| row.message.is_empty());
    let by_name = || name.and_then(|name| silent().find(|row| row.name == Some(name)));
    let by_code =
        || code.and_then(|code| silent().find(|row| row.code == Some(code) && (row.name.is_none() || name.is_none())));
    let by_status = || {
        let plain = |row: &&Known| row.name.is_none() && row.code.is_none();
        status.and_then(|status| silent().filter(plain).find(|row| row.status == Some(status)))
    };
    by_name().or_else(by_code).or_else(by_status).map(|row| Found { row, values: Vec::new() })
}

/// The row whose message is most like the text, where one is at all.
pub fn nearest(text: &str) -> Option<&'static Known> {
    let wanted = without_digits(&normalised(text));
    let likeness = |row: &Known| strsim::normalized_levenshtein(&without_digits(&normalised(row.message)), &wanted);
    let rows = ROWS.iter().filter(|row| !row.message.is_empty());
    let (likeness, row) = rows.map(|row| (likeness(row), row)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness >= LEAST_LIKENESS).then_some(row)
}

/// The beginning of a text in lower case, with one blank for any white space, and signs for the entities of HTML.
fn normalised(text: &str) -> String {
    let text: String = text.chars().take(MOST_TEXT).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The text without digits and placeholders, by which texts are compared.
fn without_digits(text: &str) -> String {
    let mut plain: Cow<'_, str> = text.into();
    for placeholder in pattern::PLACEHOLDERS {
        plain = plain.replace(placeholder, "").into();
    }
    plain.chars().filter(|character| !character.is_ascii_digit()).take(MOST_COMPARED).collect()
}

/// Characters of a text that are looked at.
const MOST_TEXT: usize = 65_536;
/// Characters of a text that are compared with every message.
const MOST_COMPARED: usize = 300;
/// Below this, two texts have nothing in common.
const LEAST_LIKENESS: f64 = 0.5;

#[cfg(test)]
mod tests;
