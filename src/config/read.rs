//! Reads a configuration from TOML.

use globset::{GlobBuilder, GlobSetBuilder};

use super::{Answer, Config, FileIgnores, Globs, Judging, Override, Placed};
use crate::finding::Severity;
use crate::profile::{self, Category, ProfileError, Spanned, Text, UnknownCategory, not_one_of, parse_toml};
use crate::rules;

/// Reads a configuration.
pub(super) fn config(source: &str, origin: &str, formats: &[&str]) -> Result<Config, ProfileError> {
    let text = Text::new(origin, source);
    let root = parse_toml(source).map_err(|(at, message)| text.error(at..at, message))?;
    let mut config = Config::default();
    for (key, value) in root.iter() {
        match key.get_ref().as_ref() {
            "extends" => config.extends = Some(path(value, &text)?),
            "root" => config.root = boolean(value, &text)?.value,
            "override" => config.overrides = overrides(value, &text)?,
            "per-file-ignores" => config.per_file_ignores = per_file_ignores(value, &text)?,
            word if config.judging.take(word, value, &text)? => {}
            word if config.answer.take(word, value, formats, &text)? => {}
            word => {
                let own = ["extends", "root", "override", "per-file-ignores"];
                let keys: Vec<&str> = Judging::KEYS.iter().chain(Answer::KEYS).copied().chain(own).collect();
                return Err(text.error(key.span(), not_one_of("key", word, &keys)));
            }
        }
    }
    Ok(config)
}

type Value<'i> = Spanned<profile::Value<'i>>;

impl Judging {
    const KEYS: &'static [&'static str] = &["pack", "category", "select", "ignore", "deep"];

    /// Reads the value of a key; false where there is no such key.
    fn take(&mut self, key: &str, value: &Value<'_>, text: &Text<'_>) -> Result<bool, ProfileError> {
        match key {
            "pack" => self.pack = Some(path(value, text)?),
            "category" => self.category = Some(category(value, text)?),
            "select" => self.select = Some(rule_list(value, text)?),
            "ignore" => self.ignore = Some(rule_list(value, text)?),
            "deep" => self.deep = Some(boolean(value, text)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Answer {
    const KEYS: &'static [&'static str] =
        &["format", "fail-on", "allow-undecided", "quiet", "baseline", "baseline-by-hash"];

    /// Reads the value of a key; false where there is no such key.
    fn take(&mut self, key: &str, value: &Value<'_>, formats: &[&str], text: &Text<'_>) -> Result<bool, ProfileError> {
        match key {
            "format" => {
                let choices: Vec<(&str, &str)> = formats.iter().map(|format| (*format, *format)).collect();
                let format = text.choice(value, "format", &choices)?;
                self.format = Some(placed(format.to_owned(), value, text));
            }
            "fail-on" => {
                let severities = [Severity::Error, Severity::Warning].map(|severity| (severity.as_str(), severity));
                self.fail_on = Some(placed(text.choice(value, "severity", &severities)?, value, text));
            }
            "allow-undecided" => self.allow_undecided = Some(boolean(value, text)?),
            "quiet" => self.quiet = Some(boolean(value, text)?),
            "baseline" => self.baseline = Some(path(value, text)?),
            "baseline-by-hash" => self.baseline_by_hash = Some(boolean(value, text)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn overrides(value: &Value<'_>, text: &Text<'_>) -> Result<Vec<Override>, ProfileError> {
    let expected = "tables [[override]]";
    let tables = value.get_ref().as_array().ok_or_else(|| text.mismatch(value, expected))?;
    tables
        .iter()
        .map(|value| {
            let mut files = None;
            let mut judging = Judging::default();
            for (key, value) in *text.table(value, expected)?.get_ref() {
                match key.get_ref().as_ref() {
                    "files" => files = Some(globs(list(value, "an array of globs", text)?, text)?),
                    word if judging.take(word, value, text)? => {}
                    word => {
                        let keys: Vec<&str> = Judging::KEYS.iter().copied().chain(["files"]).collect();
                        return Err(text.error(key.span(), not_one_of("key", word, &keys)));
                    }
                }
            }
            let files = files
                .ok_or_else(|| text.error(value.span(), "the override names no files: write files = [\"*.gif\"]"))?;
            Ok(Override { files, judging })
        })
        .collect()
}

fn per_file_ignores(value: &Value<'_>, text: &Text<'_>) -> Result<Vec<FileIgnores>, ProfileError> {
    let table = text.table(value, "a table of globs with the rules that are left out")?;
    let mut all = Vec::new();
    for (key, value) in *table.get_ref() {
        let files = globs([(key.get_ref().as_ref(), key.span())], text)?;
        all.push(FileIgnores { files, rules: rule_list(value, text)? });
    }
    Ok(all)
}

fn globs<'g>(
    patterns: impl IntoIterator<Item = (&'g str, std::ops::Range<usize>)>,
    text: &Text<'_>,
) -> Result<Globs, ProfileError> {
    let mut set = GlobSetBuilder::new();
    let mut last = 0..0;
    for (pattern, span) in patterns {
        let refused = |why: &dyn std::fmt::Display| text.error(span.clone(), format!("the glob {pattern:?}: {why}"));
        let plain = pattern.strip_prefix("./").unwrap_or(pattern);
        if plain.is_empty() || plain.starts_with('/') {
            return Err(refused(&"expected a path relative to the folder of the configuration, such as raw/**"));
        }
        // As in ignore files: what has no slash is a name, in whatever folder.
        let anywhere = if plain.contains('/') { plain.to_owned() } else { format!("**/{plain}") };
        let glob = GlobBuilder::new(&anywhere).literal_separator(true).build();
        set.add(glob.map_err(|error| refused(error.kind()))?);
        last = span;
    }
    Ok(Globs(set.build().map_err(|error| text.error(last, error.kind().to_string()))?))
}

fn category(value: &Value<'_>, text: &Text<'_>) -> Result<Placed<Category>, ProfileError> {
    let word = text.string(value, "a media category such as \"tweet_video\"")?;
    let category = word.parse().map_err(|UnknownCategory(word)| {
        text.error(value.span(), not_one_of("category", &word, &Category::ALL.map(Category::as_str)))
    })?;
    Ok(placed(category, value, text))
}

fn rule_list(value: &Value<'_>, text: &Text<'_>) -> Result<Placed<Vec<String>>, ProfileError> {
    let mut ids = Vec::new();
    for (id, span) in list(value, "an array of rules", text)? {
        if rules::find(id).is_none() {
            let valid: Vec<&str> = rules::all().iter().map(|rule| rule.id).collect();
            return Err(text.error(span, not_one_of("rule", id, &valid)));
        }
        ids.push(id.to_owned());
    }
    Ok(placed(ids, value, text))
}

/// The strings of an array, each with its place.
fn list<'v>(
    value: &'v Value<'_>,
    expected: &str,
    text: &Text<'_>,
) -> Result<Vec<(&'v str, std::ops::Range<usize>)>, ProfileError> {
    let items = value.get_ref().as_array().ok_or_else(|| text.mismatch(value, expected))?;
    items.iter().map(|item| Ok((text.string(item, "a string")?, item.span()))).collect()
}

fn path(value: &Value<'_>, text: &Text<'_>) -> Result<Placed<String>, ProfileError> {
    let path = text.string(value, "a path or a name")?;
    if path.is_empty() {
        return Err(text.error(value.span(), "the path is empty"));
    }
    Ok(placed(path.to_owned(), value, text))
}

fn boolean(value: &Value<'_>, text: &Text<'_>) -> Result<Placed<bool>, ProfileError> {
    match value.get_ref() {
        profile::Value::Truth(truth) => Ok(placed(*truth, value, text)),
        _ => Err(text.mismatch(value, "true or false")),
    }
}

fn placed<T>(value: T, at: &Value<'_>, text: &Text<'_>) -> Placed<T> {
    // The place of an error and that of a value are counted alike.
    let ProfileError { line, column, .. } = text.error(at.span(), "");
    Placed { value, line, column }
}
