//! The rule pack: a built-in one by name, or one from a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use media_preflight::Profile;

use super::failure::{Failure, Usage, plain};

/// The pack that was asked for, or the default one.
pub(crate) fn load(pack: Option<&Path>) -> Result<Profile, Failure> {
    let Some(path) = pack else { return Ok(Profile::default()) };
    if let Some(profile) = path.to_str().and_then(Profile::built_in) {
        return Ok(profile);
    }
    let text = match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_name(path) => return Err(unknown(path).into()),
        Err(cause) => return Err(Failure::Configuration { path: path.to_owned(), cause }),
        Ok(text) => text,
    };
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let resolve = |name: &str| beside(&folder, name);
    Ok(Profile::parse(&text, &path.to_string_lossy(), &resolve)?)
}

/// The text of the pack that another one extends, which lies in the same folder.
fn beside(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    read(&path).map_err(|error| format!("{}: {}", path.display(), plain(&error)))
}

/// Reads a pack or a configuration, which is a regular file of UTF-8 and not large.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let refused = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why);
    let is_file = match path.metadata() {
        Ok(metadata) => metadata.is_file(),
        Err(_) if path.is_symlink() => return Err(refused("a link that leads nowhere")),
        Err(error) => return Err(error),
    };
    if !is_file {
        return Err(refused("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(refused(&format!("longer than {LONGEST} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| refused("not text in UTF-8"))
}

/// Whether the path looks like the name of a built-in pack rather than like a file.
pub(crate) fn is_name(path: &Path) -> bool {
    path.extension().is_none() && path.components().count() == 1
}

fn unknown(path: &Path) -> Usage {
    let name = path.to_string_lossy().into_owned();
    let nearest = Profile::BUILT_IN
        .iter()
        .map(|built_in| (strsim::jaro(built_in, &name), built_in))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = nearest.map(|(_, built_in)| format!("; the nearest is {built_in}")).unwrap_or_default();
    Usage::UnknownPack { name, built_in: Profile::BUILT_IN.join(", "), hint }
}

/// Bytes of a pack that are read.
const LONGEST: u64 = 1 << 20;
