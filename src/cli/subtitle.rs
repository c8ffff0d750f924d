//! The argument `--subtitle LANG[:NAME]=FILE`.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use oxilangtag::LanguageTag;

use super::languages;
use super::parse;

/// Subtitles of the video of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubtitleArgument {
    /// BCP 47 tag, as it was typed.
    pub(crate) language: String,
    /// What viewers see.
    pub(crate) name: String,
    /// The file.
    pub(crate) file: PathBuf,
}

/// Why an argument names no subtitles.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SubtitleSyntax {
    /// There is no equals sign.
    #[error("expected LANG=FILE or LANG:NAME=FILE, such as en=film.srt")]
    NoFile,
    /// Nothing follows the equals sign.
    #[error("the file is missing after the equals sign")]
    EmptyFile,
    /// The tag is not well formed.
    #[error("{0:?} is no BCP 47 language tag such as en or pt-BR: {1}")]
    Tag(String, String),
    /// The tag is well formed, and no language has it.
    #[error("no language has the tag {0:?}{1}")]
    Language(String, String),
    /// The name is there and empty.
    #[error("the name after the colon is empty; leave the colon out for the language's English name")]
    EmptyName,
    /// The language has no name in the table.
    #[error("the name of {0:?} is not known here; give one: {0}:NAME=FILE")]
    NoName(String),
}

impl SubtitleArgument {
    /// Reads the argument for the command line.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(|argument| Self::parse(&argument))
    }

    fn parse(argument: &OsStr) -> Result<Self, SubtitleSyntax> {
        let (head, file) = parse::partings(argument).next().ok_or(SubtitleSyntax::NoFile)?;
        if file.is_empty() {
            return Err(SubtitleSyntax::EmptyFile);
        }
        let head = head.to_string_lossy();
        let (language, name) = match head.split_once(':') {
            Some((language, name)) => (language, Some(name.trim())),
            None => (head.as_ref(), None),
        };
        let tag = LanguageTag::parse(language)
            .map_err(|error| SubtitleSyntax::Tag(language.to_owned(), error.to_string()))?;
        let primary = tag.primary_language().to_ascii_lowercase();
        let known = languages::name(&primary);
        // Two letters are ISO 639-1, which the table holds whole; no tag has a first part of four letters or more.
        if known.is_none() && (primary.len() == 2 || primary.len() > 3) && tag.private_use() != Some(language) {
            let hint = languages::code(language).map(|code| format!("; it is {code}")).unwrap_or_default();
            return Err(SubtitleSyntax::Language(language.to_owned(), hint));
        }
        let name = match (name, known) {
            (Some(""), _) => return Err(SubtitleSyntax::EmptyName),
            (Some(name), _) => name,
            (None, Some(known)) => known,
            (None, None) => return Err(SubtitleSyntax::NoName(language.to_owned())),
        };
        Ok(Self { language: language.to_owned(), name: name.to_owned(), file: PathBuf::from(file) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SubtitleArgument, String> {
        SubtitleArgument::parse(OsStr::new(text)).map_err(|error| error.to_string())
    }

    fn subtitle(language: &str, name: &str, file: &str) -> SubtitleArgument {
        SubtitleArgument { language: language.to_owned(), name: name.to_owned(), file: PathBuf::from(file) }
    }

    #[test]
    fn the_name_is_the_languages_own_unless_given() {
        assert_eq!(parse("en=a.srt"), Ok(subtitle("en", "English", "a.srt")));
        assert_eq!(parse("PT-br=a=b.srt"), Ok(subtitle("PT-br", "Portuguese", "a=b.srt")));
        assert_eq!(parse("es:Español=a.srt"), Ok(subtitle("es", "Español", "a.srt")));
        assert_eq!(parse("fil:Filipino=a.srt"), Ok(subtitle("fil", "Filipino", "a.srt")));
    }

    #[test]
    fn what_names_no_language_or_file_is_refused() {
        for (text, words) in [
            ("en", "expected LANG=FILE"),
            ("en=", "file is missing"),
            ("en:=a.srt", "name after the colon is empty"),
            ("en_US=a.srt", "no BCP 47"),
            ("=a.srt", "no BCP 47"),
            ("sp=a.srt", "no language has the tag \"sp\""),
            ("english=a.srt", "it is en"),
            ("fil=a.srt", "fil:NAME=FILE"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
