//! A text that is never shown.

use std::fmt;

/// A text that is never shown: `Debug` says only that it is there. To use it, [reveal](Self::reveal) it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for a signature or a header; for nothing that anybody reads.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is that text. The time it takes tells only the length.
    pub fn is(&self, text: &str) -> bool {
        self.0.len() == text.len() && self.0.bytes().zip(text.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_compared_and_never_shown() {
        let secret = Secret::new("hunter2");
        assert!(secret.is("hunter2"));
        assert!(!secret.is("hunter3") && !secret.is("hunter") && !secret.is(""));
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "(secret) Some((secret))");
    }
}
