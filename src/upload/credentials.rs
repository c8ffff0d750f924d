//! Where the credentials of uploads come from: the environment, then a file that nobody else can read, then, with the feature
//! `keyring`, the keyring of the system. Their values are never shown, and never stand in an error.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::api::Version;
use crate::api::oauth::{Credentials, OAuth1, Secret};
use crate::folders;

/// The credentials that were found, each with its place. `Debug` shows no values.
#[derive(Clone, Debug, Default)]
pub struct Wallet {
    found: Vec<(CredentialName, Secret, Origin)>,
    file: Option<PathBuf>,
    keyring_fault: Option<String>,
}

/// One of the values that credentials are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialName {
    /// The key of the application (OAuth 1.0a).
    ApiKey,
    /// The secret of the application (OAuth 1.0a).
    ApiSecret,
    /// The user's access token (OAuth 1.0a).
    AccessToken,
    /// The secret of the access token (OAuth 1.0a).
    AccessSecret,
    /// The user's token of OAuth 2.0.
    Bearer,
}

/// Where a value was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the variable of the environment that has its name.
    Environment,
    /// In this file.
    File(PathBuf),
    /// In the keyring of the system.
    Keyring,
}

/// Where to look.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    /// The value of a variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The file; `None` where the system names no place for it.
    pub file: Option<&'a Path>,
    /// The value in the keyring, or why it cannot be asked. It is asked only for what is still missing.
    pub keyring: &'a dyn Fn(CredentialName) -> Result<Option<Secret>, String>,
}

/// Why there are no credentials. None repeats a value, nor text that may hold one.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// There are none at all.
    #[error(
        "no credentials: set {}{}",
        listed(&CredentialName::OAUTH1, "and"),
        or_bearer(*.version, .file.as_deref())
    )]
    None {
        /// The version of the API that is to be called.
        version: Version,
        /// The file that would be read.
        file: Option<PathBuf>,
    },
    /// Some of the four values of OAuth 1.0a are missing, and there is nothing else.
    #[error("the credentials are not complete: {} {} missing", listed(.missing, "and"), is_or_are(.missing.len()))]
    Incomplete {
        /// The missing ones.
        missing: Vec<CredentialName>,
    },
    /// v1.1 takes no bearer.
    #[error("version 1.1 of the API takes no {}: it needs {}", CredentialName::Bearer, listed(&CredentialName::OAUTH1, "and"))]
    NotForV1,
    /// A value cannot be one.
    #[error("{name} {}: it is empty, or holds blanks or characters that no key has", .origin.place())]
    Malformed {
        /// The name of the value.
        name: CredentialName,
        /// Where it stands.
        origin: Origin,
    },
    /// Other users of the system may read the file.
    #[error(
        "{} can be read by others (its mode is {mode:04o}), and it holds secrets: run chmod 600 {0}",
        .file.display()
    )]
    Exposed {
        /// The file.
        file: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file is not in the form that it should have.
    #[error(
        "{}, line {line}: expected lines such as api-key = \"...\", with api-key, api-secret, access-token, access-secret \
         and bearer, each at most once",
        .file.display()
    )]
    File {
        /// The file.
        file: PathBuf,
        /// Where, from 1.
        line: usize,
    },
    /// The file is there and cannot be read.
    #[error("{}: {cause}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl Wallet {
    /// Looks in the environment and in the user's file.
    pub fn of_user() -> Result<Self, CredentialsError> {
        let file = folders::config().map(|folder| folder.join("credentials.toml"));
        Self::find(Places { variable: &|name| env::var_os(name), file: file.as_deref(), keyring: &in_keyring })
    }

    /// Looks in these places. A value of the environment goes before one of the file, and that before one of the keyring; an
    /// empty variable counts as none. It is no error that there is no file, or no keyring.
    pub fn find(places: Places<'_>) -> Result<Self, CredentialsError> {
        let mut wallet = Self { file: places.file.map(Path::to_owned), ..Self::default() };
        for name in CredentialName::ALL {
            if let Some(value) = (places.variable)(name.variable()).filter(|value| !value.is_empty()) {
                wallet.add(name, value.to_str().unwrap_or_default(), Origin::Environment)?;
            }
        }
        if let Some(file) = places.file
            && let Some(text) = private_text(file)?
        {
            wallet.add_file(file, &text)?;
        }
        // Asking it can open a window: only where the four values are not there yet.
        if wallet.oauth1().is_none() {
            wallet.add_keyring(places.keyring)?;
        }
        Ok(wallet)
    }

    /// What the calls of a version are signed with: the four values of OAuth 1.0a where they are complete, otherwise, for v2, the
    /// bearer.
    pub fn credentials(&self, version: Version) -> Result<Credentials, CredentialsError> {
        if let Some(keys) = self.oauth1() {
            return Ok(Credentials::OAuth1(keys));
        }
        let missing = self.missing();
        match (self.value(CredentialName::Bearer), version) {
            (Some(bearer), Version::V2) => Ok(Credentials::Bearer(bearer.clone())),
            _ if missing.len() < CredentialName::OAUTH1.len() => Err(CredentialsError::Incomplete { missing }),
            (Some(_), Version::V1_1) => Err(CredentialsError::NotForV1),
            (None, _) => Err(CredentialsError::None { version, file: self.file.clone() }),
        }
    }

    /// The four values of OAuth 1.0a, where all are there.
    pub fn oauth1(&self) -> Option<OAuth1> {
        let value = |name| self.value(name).cloned();
        Some(OAuth1 {
            key: value(CredentialName::ApiKey)?,
            secret: value(CredentialName::ApiSecret)?,
            token: value(CredentialName::AccessToken)?,
            token_secret: value(CredentialName::AccessSecret)?,
        })
    }

    /// A value.
    pub fn value(&self, name: CredentialName) -> Option<&Secret> {
        self.found.iter().find(|(own, ..)| *own == name).map(|(_, secret, _)| secret)
    }

    /// Where a value was found.
    pub fn origin(&self, name: CredentialName) -> Option<&Origin> {
        self.found.iter().find(|(own, ..)| *own == name).map(|(.., origin)| origin)
    }

    /// Those of the four values of OAuth 1.0a that are missing.
    pub fn missing(&self) -> Vec<CredentialName> {
        CredentialName::OAUTH1.into_iter().filter(|name| self.value(*name).is_none()).collect()
    }

    /// The file that was looked for; it need not be there.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Why the keyring could not be asked, where it should have been.
    pub fn keyring_fault(&self) -> Option<&str> {
        self.keyring_fault.as_deref()
    }

    fn add_keyring(
        &mut self,
        keyring: &dyn Fn(CredentialName) -> Result<Option<Secret>, String>,
    ) -> Result<(), CredentialsError> {
        for name in CredentialName::ALL {
            if self.value(name).is_some() {
                continue;
            }
            match keyring(name) {
                Ok(Some(value)) => self.add(name, value.reveal(), Origin::Keyring)?,
                Ok(None) => {}
                Err(why) => {
                    self.keyring_fault = Some(why);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Adds a value, unless the name has one already.
    fn add(&mut self, name: CredentialName, value: &str, origin: Origin) -> Result<(), CredentialsError> {
        // A line end is what shells and editors leave behind.
        let value = value.trim();
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CredentialsError::Malformed { name, origin });
        }
        if self.value(name).is_none() {
            self.found.push((name, Secret::new(value), origin));
        }
        Ok(())
    }

    fn add_file(&mut self, file: &Path, text: &str) -> Result<(), CredentialsError> {
        let wrong = |at: usize| {
            let line = text.get(..at).unwrap_or(text).matches('\n').count().saturating_add(1);
            CredentialsError::File { file: file.to_owned(), line }
        };
        // What the parser says is left out: it could repeat a value.
        let table = DeTable::parse(text).map_err(|error| wrong(error.span().map_or(0, |span| span.start)))?;
        for (key, value) in table.get_ref() {
            let name = CredentialName::ALL.into_iter().find(|name| name.key() == key.get_ref().as_ref());
            let (Some(name), DeValue::String(value)) = (name, value.get_ref()) else {
                return Err(wrong(key.span().start));
            };
            self.add(name, value, Origin::File(file.to_owned()))?;
        }
        Ok(())
    }
}

impl CredentialName {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::ApiKey, Self::ApiSecret, Self::AccessToken, Self::AccessSecret, Self::Bearer];

    /// Those of OAuth 1.0a.
    pub const OAUTH1: [Self; 4] = [Self::ApiKey, Self::ApiSecret, Self::AccessToken, Self::AccessSecret];

    /// The variable of the environment.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::ApiKey => "PREFLIGHT_API_KEY",
            Self::ApiSecret => "PREFLIGHT_API_SECRET",
            Self::AccessToken => "PREFLIGHT_ACCESS_TOKEN",
            Self::AccessSecret => "PREFLIGHT_ACCESS_SECRET",
            Self::Bearer => "PREFLIGHT_BEARER",
        }
    }

    /// The key in the file.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ApiKey => "api-key",
            Self::ApiSecret => "api-secret",
            Self::AccessToken => "access-token",
            Self::AccessSecret => "access-secret",
            Self::Bearer => "bearer",
        }
    }
}

impl fmt::Display for CredentialName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.variable())
    }
}

impl Origin {
    fn place(&self) -> String {
        match self {
            Self::Environment => "of the environment cannot be used".to_owned(),
            Self::File(file) => format!("in {} cannot be used", file.display()),
            Self::Keyring => "of the keyring cannot be used".to_owned(),
        }
    }
}

impl fmt::Debug for Places<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("file", &self.file).finish_non_exhaustive()
    }
}

/// The value in the keyring of the system.
#[cfg(feature = "keyring")]
fn in_keyring(name: CredentialName) -> Result<Option<Secret>, String> {
    super::keyring::stored(name).map_err(|error| error.to_string())
}

/// Without the feature there is no keyring, and nothing in it.
#[cfg(not(feature = "keyring"))]
fn in_keyring(_: CredentialName) -> Result<Option<Secret>, String> {
    Ok(None)
}

/// The text of a file that only its owner can read; `None` where there is no such file.
fn private_text(path: &Path) -> Result<Option<String>, CredentialsError> {
    let failed = |cause| CredentialsError::Read { file: path.to_owned(), cause };
    // Asked before it is opened: opening a pipe waits for its other end.
    match fs::metadata(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(cause) => return Err(failed(cause)),
        Ok(metadata) if !metadata.is_file() => {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")));
        }
        Ok(_) => {}
    }
    let mut file = File::open(path).map_err(failed)?;
    // Asked of what was opened: the file at the path may be another by now.
    let mode = exposing_mode(&file.metadata().map_err(failed)?);
    if let Some(mode) = mode {
        return Err(CredentialsError::Exposed { file: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.by_ref().take(LONGEST_FILE).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// The mode of a file that others may read, write or run.
#[cfg(unix)]
fn exposing_mode(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Elsewhere files of a user's folder are the user's own.
#[cfg(not(unix))]
fn exposing_mode(_: &fs::Metadata) -> Option<u32> {
    None
}

/// Names in a list.
fn listed(names: &[CredentialName], last: &str) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.variable()).collect();
    match names.as_slice() {
        [rest @ .., end] if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        names => names.concat(),
    }
}

fn is_or_are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// What else would do.
fn or_bearer(version: Version, file: Option<&Path>) -> String {
    let mut text = String::new();
    if version == Version::V2 {
        text.push_str(&format!(", or {}", CredentialName::Bearer));
    }
    if let Some(file) = file {
        text.push_str(&format!(", or write them to {} (api-key = \"...\", mode 0600)", file.display()));
    }
    text
}

/// Bytes of the file that are read.
const LONGEST_FILE: u64 = 64 << 10;

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
