//! Splits a command into its words, as a shell does, without what else a shell does.

use std::ffi::OsString;
use std::path::Path;

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    program: String,
    arguments: Vec<String>,
}

/// Why a command cannot be split.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WordsError {
    /// Nothing stands there.
    #[error("the command is empty")]
    Empty,
    /// A quote has no second one.
    #[error("a quote ({0}) is not closed")]
    Quote(char),
    /// A backslash stands last.
    #[error("nothing follows the last backslash")]
    Backslash,
}

impl Words {
    /// Splits at blanks; 'single' and "double" quotes keep blanks, and a backslash takes the next character as it is, but not
    /// between single quotes.
    pub(crate) fn parse(text: &str) -> Result<Self, WordsError> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut quote = None;
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match (quote, character) {
                (Some(open), close) if open == close => quote = None,
                (None, '\'' | '"') => {
                    quote = Some(character);
                    word.get_or_insert_default();
                }
                (None | Some('"'), '\\') => {
                    word.get_or_insert_default().push(characters.next().ok_or(WordsError::Backslash)?);
                }
                (None, blank) if blank.is_whitespace() => words.extend(word.take()),
                _ => word.get_or_insert_default().push(character),
            }
        }
        if let Some(quote) = quote {
            return Err(WordsError::Quote(quote));
        }
        let mut words = words.into_iter().chain(word);
        let program = words.next().filter(|program| !program.is_empty()).ok_or(WordsError::Empty)?;
        Ok(Self { program, arguments: words.collect() })
    }

    /// The program.
    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// The arguments with `path` in the place of each `{}`, or behind the last where there is none.
    pub(crate) fn arguments(&self, path: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = self.arguments.iter().map(|argument| with(argument, path)).collect();
        if !self.arguments.iter().any(|argument| argument.contains(PLACE)) {
            arguments.push(path.as_os_str().to_owned());
        }
        arguments
    }
}

/// The argument with `path` in the place of each `{}`.
fn with(argument: &str, path: &Path) -> OsString {
    let mut parts = argument.split(PLACE);
    let mut whole = OsString::from(parts.next().unwrap_or_default());
    for part in parts {
        whole.push(path);
        whole.push(part);
    }
    whole
}

/// Stands for the path.
const PLACE: &str = "{}";

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let Words { program, arguments } = Words::parse(text).unwrap();
        std::iter::once(program).chain(arguments).collect()
    }

    #[test]
    fn words_are_split_as_by_a_shell() {
        assert_eq!(split("  mv -n\t{} /a "), ["mv", "-n", "{}", "/a"]);
        assert_eq!(split(r#"sh -c 'echo "$1"' x"y z"\ \""#), ["sh", "-c", "echo \"$1\"", "xy z \""]);
        assert_eq!(split(r"a '' 'b\'"), ["a", "", r"b\"]);
        for (text, error) in [
            (" ", WordsError::Empty),
            ("''", WordsError::Empty),
            ("a 'b", WordsError::Quote('\'')),
            ("a \"b\\", WordsError::Backslash),
            ("a \\", WordsError::Backslash),
        ] {
            assert_eq!(Words::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_path_takes_its_place_or_the_last() {
        let path = Path::new("a {} b.gif");
        let arguments = |text| Words::parse(text).unwrap().arguments(path);
        assert_eq!(arguments("cp {} x/{}.bak y"), ["a {} b.gif", "x/a {} b.gif.bak", "y"]);
        assert_eq!(arguments("notify 'new file'"), ["new file", "a {} b.gif"]);
    }
}
