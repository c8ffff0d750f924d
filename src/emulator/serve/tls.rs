//! Certificates for the server: one authority of its own and one certificate, kept in the storage so that clients trust it again
//! after a restart.
//!
//! The key of the authority is thrown away when it has signed: who trusts it trusts this one server and nothing else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::emulator::Millis;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The files could not be written or read.
    #[error("{}: {cause}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The files are no certificate and key.
    #[error("{}: {why}; remove the folder, and another certificate is made", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
}

/// What accepts TLS, with the file of the authority that clients are to trust. It is made in `folder` at the first time.
pub(super) fn acceptor(folder: &Path, now: Millis) -> Result<(TlsAcceptor, PathBuf), TlsError> {
    let authority = folder.join("ca.pem");
    let (chain, key) = (folder.join("server.pem"), folder.join("server-key.pem"));
    // The file of the authority is written last.
    if !authority.is_file() {
        make(folder, now)?;
    }
    let content = |path: &Path, why: String| TlsError::Content { path: path.to_owned(), why };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(&chain)
        .and_then(Iterator::collect)
        .map_err(|error| content(&chain, error.to_string()))?;
    let private = PrivateKeyDer::from_pem_file(&key).map_err(|error| content(&key, error.to_string()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, private))
        .map_err(|error| content(&chain, error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), authority))
}

/// Makes an authority and a certificate, valid from yesterday on for ten years.
fn make(folder: &Path, now: Millis) -> Result<(), TlsError> {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let from = epoch + Duration::from_secs(now.seconds().saturating_sub(DAY).min(LAST_START));
    let until = from + Duration::from_secs(3650 * DAY);

    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "preflight serve: test authority");
    (params.not_before, params.not_after) = (from, until);
    let key = KeyPair::generate()?;
    let authority = params.self_signed(&key)?;
    let issuer = Issuer::new(params, key);

    let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
    params.distinguished_name.push(DnType::CommonName, "preflight serve");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = (from, until);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;

    fs::create_dir_all(folder).map_err(|cause| TlsError::File { path: folder.to_owned(), cause })?;
    write(&folder.join("server-key.pem"), &key.serialize_pem())?;
    write(&folder.join("server.pem"), &certificate.pem())?;
    write(&folder.join("ca.pem"), &authority.pem())
}

/// Writes a file that only its owner reads.
fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| TlsError::File { path: path.to_owned(), cause })
}

/// The names that clients know the server by: its own, and those of the service for clients that cannot be pointed elsewhere.
const NAMES: [&str; 7] =
    ["127.0.0.1", "::1", "localhost", "upload.x.com", "upload.twitter.com", "api.x.com", "api.twitter.com"];

const DAY: u64 = 86_400;
/// The last time at which a certificate may begin, so that it ends before the year 10000.
const LAST_START: u64 = 250_000_000_000;
