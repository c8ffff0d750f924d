//! Why a pack or a configuration could not be read.

/// Why a pack or a configuration could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}")]
pub struct ProfileError {
    /// The file, or the built-in pack.
    pub origin: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, and the nearest valid key or unit.
    pub message: String,
}

impl ProfileError {
    /// An error at a byte of the pack's text.
    pub(crate) fn at(origin: &str, text: &str, byte: usize, message: impl Into<String>) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { origin: origin.to_owned(), line, column, message: message.into() }
    }
}

/// The sentence for a word that is not one of the valid ones: names the nearest, then all.
pub(crate) fn not_one_of(what: &str, word: &str, valid: &[&str]) -> String {
    let nearest = nearest(word, valid.iter().copied());
    let hint = nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest:?}?"));
    // A list of all rules would bury the answer.
    let list = if valid.len() <= 12 { format!(" (one of {})", valid.join(", ")) } else { String::new() };
    format!("unknown {what} {word:?}{hint}{list}")
}

/// The word that is most like `word`; `None` where none is like it at all.
pub(crate) fn nearest<'a>(word: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    valid
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(candidate, word), candidate))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
