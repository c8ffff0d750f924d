//! Credentials in the keyring of the system: Secret Service, macOS Keychain or Windows Credential Manager.

use keyring::v1::{Entry, Error};

use super::CredentialName;
use crate::api::oauth::Secret;

/// Why the keyring did not do what it was asked. No error repeats a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keyring of the system cannot be used: {0}")]
pub struct KeyringError(String);

impl From<Error> for KeyringError {
    fn from(error: Error) -> Self {
        Self(match error {
            // These hold what is stored.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => "what it holds is no text".to_owned(),
            Error::Ambiguous(_) => "it holds several values of that name".to_owned(),
            error => error.to_string(),
        })
    }
}

/// The value of that name; `None` where there is none. The system may ask its user to unlock the keyring.
pub fn stored(name: CredentialName) -> Result<Option<Secret>, KeyringError> {
    match entry(name)?.get_password() {
        Ok(value) => Ok(Some(Secret::new(value))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Keeps a value under that name, in the place of an earlier one.
pub fn store(name: CredentialName, value: &Secret) -> Result<(), KeyringError> {
    Ok(entry(name)?.set_password(value.reveal())?)
}

/// Takes the value of that name out of the keyring. Says whether there was one.
pub fn forget(name: CredentialName) -> Result<bool, KeyringError> {
    match entry(name)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn entry(name: CredentialName) -> Result<Entry, KeyringError> {
    Ok(Entry::new(env!("CARGO_PKG_NAME"), name.key())?)
}
