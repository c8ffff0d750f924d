//! Alternative texts: from `--alt-text FILE=TEXT`, or from a file beside the media.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use media_preflight::report::written;

use super::failure::{Usage, plain};
use super::parse;
use super::source::NotOpened;
use super::targets::Target;

/// What follows a file's name in the name of the file that holds its alternative text.
pub(crate) const SIDECAR: &str = ".alt.txt";

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
            Target::File(path) => beside(path),
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

/// The text in the file beside the media, without the line end that editors add.
fn beside(media: &Path) -> Result<Option<String>, NotOpened> {
    let mut path = media.as_os_str().to_owned();
    path.push(SIDECAR);
    let path = PathBuf::from(path);
    let failed = |why: String| NotOpened(format!("its alternative text {} {why}", written(&path)));
    // Where the folder that both are in cannot be read, the media itself says so.
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(format!("cannot be read: {}", plain(&error))))?;
    if bytes.len() as u64 > LONGEST {
        return Err(failed(format!("is longer than {LONGEST} bytes")));
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|error| failed(format!("is not UTF-8 from byte {}", error.utf8_error().valid_up_to())))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(Some(text))
}

/// Bytes of a text beside the media that are read: far more than any platform takes.
const LONGEST: u64 = 1 << 20;

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
