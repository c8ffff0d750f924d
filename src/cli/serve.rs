//! `preflight serve`: the upload API on this machine.

use std::env;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, ValueHint};
use media_preflight::api::oauth::{OAuth1, Secret};
use media_preflight::emulator::{Expected, Fault, FaultError, Faults, Observer, Options, Server, Settings, Timeouts};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use tempfile::TempDir;

use super::args::PackArgs;
use super::failure::{Failure, Usage};
use super::interrupt::INTERRUPTED;
use super::pack;
use super::parse::seconds;
use super::watch::TERMINATED;
use super::wire::tell_call;

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on for HTTP; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    addr: SocketAddr,

    /// Listen for HTTPS too, and print the file of the authority that clients are to trust.
    #[arg(long)]
    tls: bool,

    /// Address and port to listen on for HTTPS [default: a free port of --addr].
    #[arg(long, value_name = "ADDR:PORT", requires = "tls")]
    tls_addr: Option<SocketAddr>,

    /// Folder that keeps uploads and certificates [default: a temporary one, which is removed at the end].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    storage: Option<PathBuf>,

    #[command(flatten)]
    pack: PackArgs,

    /// Let in every call, whatever credentials it has.
    #[arg(long)]
    no_auth: bool,

    /// Print each call and its answer.
    #[arg(long)]
    trace: bool,

    /// Seconds for which the processing of a video or GIF goes on.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    processing_time: Duration,

    /// Seconds after which an upload can no longer be sent or used.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    expires: u64,

    /// Take as many calls as come, whatever the rate limits.
    #[arg(long)]
    no_rate_limits: bool,

    /// Have a call go wrong, such as append:3=503 or any:every-5=cut-after; see below.
    #[arg(long, value_name = "CALL[:WHEN]=ACTION")]
    fault: Vec<Fault>,

    /// TOML file of faults.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    faults: Option<PathBuf>,

    /// Seconds to wait for the head of a request, and between requests of a connection.
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = seconds)]
    header_timeout: Duration,

    /// Seconds to wait for the next bytes of a body.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    idle_timeout: Duration,
}

const HELP: &str = "\
The first line of the output is \"listening on http://ADDR:PORT\". With --tls follow \"listening on https://ADDR:PORT\" and
\"CA file: PATH\". Both versions of the API are served, under the paths of the service.

Calls must be signed with the credentials in PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET, PREFLIGHT_ACCESS_TOKEN and
PREFLIGHT_ACCESS_SECRET (OAuth 1.0a), or come with the token in PREFLIGHT_BEARER (OAuth 2.0). Where none of them is set, the
server expects credentials of its own, and prints them.

A fault strikes a call: any, init, append, finalize, status, simple, metadata, subtitles-create or subtitles-delete; at an
occurrence, counted from 1: 3, 2-4, from-3 or every-5 [default: each]. It is one of
  STATUS[,above=SIZE]     this status, from 400 to 599, and nothing done; above: only for longer bodies
  429[,reset=SECONDS]     with a reset so far ahead
  slow,seconds=SECONDS    the answer is late
  cut-before, cut-after   no answer, before or after the call is done
  processing-error        an error while the state is in_progress
  no-check-after          no check_after_secs
  clock-skew,seconds=N    the server's clock is wrong (any only)

A finished upload is kept as media/ID/content, beside media/ID/meta.json, in the folder of --storage.

Exit status:
  2    wrong usage, or a rule pack that is not valid
  3    nobody can listen there, the storage cannot be used, or another error of the system
  130  interrupted
  143  terminated";

/// Serves until it is interrupted.
pub(crate) fn run(args: &ServeArgs) -> Result<ExitCode, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let terminated = Arc::new(AtomicBool::new(false));
    for (signal, raised) in [(SIGINT, &stop), (SIGTERM, &terminated), (SIGTERM, &stop)] {
        flag::register(signal, Arc::clone(raised)).map_err(Failure::Signals)?;
    }
    let (storage, temporary) = storage(args.storage.as_deref())?;
    let (expected, source) = if args.no_auth { (None, Source::Nobody) } else { expected()? };
    let server = Server::bind(Options {
        address: args.addr,
        tls_address: args.tls.then(|| args.tls_addr.unwrap_or(SocketAddr::new(args.addr.ip(), 0))),
        storage: storage.clone(),
        settings: Settings {
            profile: pack::load(args.pack.pack.as_deref())?,
            expires_secs: args.expires,
            processing_ms: u64::try_from(args.processing_time.as_millis()).unwrap_or(u64::MAX),
            rate_limits: !args.no_rate_limits,
        },
        expected,
        faults: args.faults()?,
        timeouts: Timeouts { header: args.header_timeout, idle: args.idle_timeout, ..Timeouts::default() },
        observer: args.trace.then(|| Observer(Arc::new(|exchange| tell_call(exchange, "")))),
    })?;
    let mut lines = vec![format!("listening on http://{}", server.address().map_err(Failure::Sockets)?)];
    if let Some((address, authority)) = server.tls().map_err(Failure::Sockets)? {
        lines.push(format!("listening on https://{address}"));
        lines.push(format!("CA file: {}", authority.display()));
    }
    lines.push(format!("storage: {}", storage.display()));
    lines.push(source.words());
    let mut output = std::io::stdout().lock();
    output.write_all((lines.join("\n") + "\n").as_bytes()).and_then(|()| output.flush()).map_err(Failure::Output)?;
    drop(output);
    server.run(&stop);
    drop(temporary);
    Ok(if terminated.load(Ordering::Relaxed) { TERMINATED } else { INTERRUPTED }.into())
}

impl ServeArgs {
    /// The faults of the command line, then those of the file.
    fn faults(&self) -> Result<Faults, Failure> {
        let mut faults = self.fault.clone();
        if let Some(path) = &self.faults {
            let text = pack::read(path).map_err(|cause| Failure::Read { path: path.clone(), cause })?;
            let why = |error: FaultError| Usage::Faults { path: path.clone(), why: error.to_string() };
            faults.extend(Faults::parse_toml(&text).map_err(why)?);
        }
        Ok(Faults::new(faults))
    }
}

/// The folder for uploads; a temporary one is removed when its guard is dropped.
fn storage(folder: Option<&Path>) -> Result<(PathBuf, Option<TempDir>), Failure> {
    let absolute =
        |path: &Path| std::path::absolute(path).map_err(|cause| Failure::Write { path: path.to_owned(), cause });
    if let Some(folder) = folder {
        return Ok((absolute(folder)?, None));
    }
    let temporary = tempfile::Builder::new().prefix("preflight-serve-").tempdir();
    let temporary = temporary.map_err(|cause| Failure::Write { path: env::temp_dir(), cause })?;
    Ok((temporary.path().to_owned(), Some(temporary)))
}

/// Where the credentials that are expected come from.
enum Source {
    Nobody,
    Environment { oauth1: bool, bearer: bool },
    Own,
}

impl Source {
    fn words(&self) -> String {
        match self {
            Self::Nobody => "credentials: none are asked for".to_owned(),
            Self::Environment { oauth1: true, bearer: true } => {
                "credentials: OAuth 1.0a and bearer, as in the environment".to_owned()
            }
            Self::Environment { bearer: true, .. } => "credentials: bearer, as in the environment".to_owned(),
            Self::Environment { .. } => "credentials: OAuth 1.0a, as in the environment".to_owned(),
            Self::Own => {
                let exports = VARIABLES.iter().zip(OWN).map(|(name, value)| format!("  export {name}={value}"));
                let mut lines = vec!["credentials: none are set, so these are expected".to_owned()];
                lines.extend(exports);
                lines.join("\n")
            }
        }
    }
}

/// The credentials of the environment, or else those of the server.
fn expected() -> Result<(Option<Expected>, Source), Failure> {
    let found = VARIABLES.map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    if found.iter().all(Option::is_none) {
        return Ok((Some(own_credentials()), Source::Own));
    }
    let [key, secret, token, token_secret, bearer] = found.map(|value| value.map(Secret::new));
    let bearer_is_set = bearer.is_some();
    let oauth1 = match (key, secret, token, token_secret) {
        (Some(key), Some(secret), Some(token), Some(token_secret)) => Some(OAuth1 { key, secret, token, token_secret }),
        (None, None, None, None) => None,
        (key, secret, token, token_secret) => {
            let values = [key, secret, token, token_secret];
            let missing = VARIABLES.iter().zip(values).filter(|(_, value)| value.is_none()).map(|(name, _)| *name);
            return Err(Usage::Credentials { missing: missing.collect::<Vec<_>>().join(", ") }.into());
        }
    };
    let source = Source::Environment { oauth1: oauth1.is_some(), bearer: bearer_is_set };
    Ok((Some(Expected { oauth1, bearer }), source))
}

/// The credentials of the server itself.
pub(super) fn own_credentials() -> Expected {
    let [key, secret, token, token_secret, bearer] = OWN.map(Secret::new);
    Expected { oauth1: Some(OAuth1 { key, secret, token, token_secret }), bearer: Some(bearer) }
}

/// The variables of the credentials: the four of OAuth 1.0a, and the token of OAuth 2.0.
pub(super) const VARIABLES: [&str; 5] = [
    "PREFLIGHT_API_KEY",
    "PREFLIGHT_API_SECRET",
    "PREFLIGHT_ACCESS_TOKEN",
    "PREFLIGHT_ACCESS_SECRET",
    "PREFLIGHT_BEARER",
];
/// What the server expects where none of them is set. They protect nothing.
pub(super) const OWN: [&str; 5] =
    ["test-api-key", "test-api-secret", "test-access-token", "test-access-secret", "test-bearer"];
