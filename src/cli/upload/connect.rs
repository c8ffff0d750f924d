//! How the server is reached, and with whose credentials.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use media_preflight::api::oauth::Credentials;
use media_preflight::api::{Encoding, Endpoint, Version};
use media_preflight::folders;
use media_preflight::upload::{Client, ClientOptions, CredentialsError, Wallet, is_loopback};

use super::args::ServerArgs;
use super::usage::UploadUsage;
use crate::cli::failure::{Failure, Usage};

/// What calls are made with, and whose they are.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// What calls are made with.
    pub(crate) client: Arc<Client>,
    /// Whose uploads they are, without a secret.
    pub(crate) account: String,
}

/// Makes ready to call the server. Nothing is sent yet.
pub(crate) fn connect(args: &ServerArgs, encoding: Encoding, connections: usize) -> Result<Connection, Failure> {
    let endpoint = args.endpoint.clone().unwrap_or_else(|| Endpoint::of_service(args.api));
    let credentials = credentials(args.api, &endpoint)?;
    let account = credentials.as_ref().map_or_else(|| "nobody".to_owned(), account);
    let trusted = match &args.ca {
        Some(path) => Some(fs::read(path).map_err(|cause| Failure::Read { path: path.clone(), cause })?),
        None => None,
    };
    let client = Client::new(ClientOptions {
        endpoint,
        version: args.api,
        encoding,
        credentials,
        trusted,
        insecure_http: args.insecure_http,
        answer_timeout: args.timeout,
        connections,
    })?;
    Ok(Connection { client: Arc::new(client), account })
}

/// The folder in which the program remembers things.
pub(crate) fn state_folder(given: Option<&PathBuf>) -> Result<PathBuf, Failure> {
    given.cloned().or_else(folders::state).ok_or_else(|| usage(UploadUsage::NoStateFolder))
}

/// The credentials that are good for a version. A server on this machine may do without, as `preflight serve --no-auth` does;
/// the service never does.
fn credentials(version: Version, endpoint: &Endpoint) -> Result<Option<Credentials>, Failure> {
    match Wallet::of_user()?.credentials(version) {
        Ok(credentials) => Ok(Some(credentials)),
        Err(CredentialsError::None { .. }) if is_loopback(endpoint) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whose uploads they are. An access token of OAuth 1.0a begins with the id of its user; other tokens change from hour to hour.
fn account(credentials: &Credentials) -> String {
    match credentials {
        Credentials::OAuth1(keys) => {
            let user = keys.token.reveal().split('-').next().unwrap_or_default();
            let is_user = !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_digit());
            if is_user { user.to_owned() } else { "oauth1".to_owned() }
        }
        Credentials::Bearer(_) => "bearer".to_owned(),
    }
}

fn usage(usage: UploadUsage) -> Failure {
    Usage::from(usage).into()
}
