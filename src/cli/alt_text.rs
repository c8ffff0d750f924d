//! Alternative texts: from `--alt-text FILE=TEXT`, or from a file beside the media.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use media_preflight::report::written;
use media_preflight::scan::alt_text_beside;

use super::failure::Usage;
use super::parse;
use super::source::NotOpened;
use super::targets::Target;

/// The alternative texts of a run.
#[derive(Debug, Default)]
pub(crate) struct AltTexts {
    given: HashMap<PathBuf, String>,
}

impl AltTexts {
    /// Assigns each `FILE=TEXT` to the file that is checked.
    pub(crate) fn assign(arguments: &[OsString], targets: &[Target]) -> Result<Self, Usage> {
        let mut given = HashMap::new();
        for argument in arguments {
            let (file, text) = split(argument, |file| targets.iter().any(|target| plain_path(target.path()) == file))
                .ok_or_else(|| Usage::AltTextFile(argument.to_string_lossy().into_owned()))?;
            if given.insert(file.clone(), text).is_some() {
                return Err(Usage::AltTextTwice(written(&file).into_owned()));
            }
        }
        Ok(Self { given })
    }

    /// The text that goes with a target, if any. Errors: there is a file beside the media, and it cannot be read.
    pub(crate) fn text_of(&self, target: &Target) -> Result<Option<String>, NotOpened> {
        if !self.given.is_empty()
            && let Some(text) = self.given.get(&plain_path(target.path()))
        {
            return Ok(Some(text.clone()));
        }
        match target {
            Target::File(path) => alt_text_beside(path).map_err(NotOpened),
            Target::StandardInput | Target::Unlisted(..) => Ok(None),
        }
    }
}

/// Parts `FILE=TEXT` at the first equals sign in front of which a file stands that is checked: both may hold others.
fn split(argument: &OsStr, is_checked: impl Fn(&Path) -> bool) -> Option<(PathBuf, String)> {
    parse::partings(argument).find_map(|(file, text)| {
        let file = plain_path(Path::new(file));
        // A text that is not UTF-8 cannot be sent.
        is_checked(&file).then(|| Some((file, text.to_str()?.to_owned())))?
    })
}

/// The path without `.` parts, so that `a.jpg` and `./a.jpg` are the same.
fn plain_path(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(path: &str) -> Target {
        Target::File(PathBuf::from(path))
    }

    #[test]
    fn a_text_goes_to_the_file_that_is_checked() {
        let targets = [target("./a=b.jpg"), target("c.jpg")];
        let arguments = ["a=b.jpg=1+1=2".into(), "./c.jpg=".into()];
        let texts = AltTexts::assign(&arguments, &targets).unwrap();
        assert_eq!(texts.text_of(&targets[0]).unwrap().as_deref(), Some("1+1=2"));
        assert_eq!(texts.text_of(&targets[1]).unwrap().as_deref(), Some(""));
    }

    #[test]
    fn a_text_for_a_file_that_is_not_checked_is_refused() {
        let error = AltTexts::assign(&["x.jpg=text".into()], &[target("a.jpg")]).unwrap_err();
        assert_eq!(error, Usage::AltTextFile("x.jpg=text".to_owned()));
        let error = AltTexts::assign(&["a.jpg=1".into(), "./a.jpg=2".into()], &[target("a.jpg")]).unwrap_err();
        assert_eq!(error, Usage::AltTextTwice("a.jpg".to_owned()));
    }
}
