//! `preflight auth`: which credentials are found, and what they are enough for. Never their values.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use media_preflight::api::Version;
use media_preflight::api::oauth::Credentials;
use media_preflight::report::visible;
use media_preflight::upload::{CredentialName, Origin, Wallet};
use serde::Serialize;

use super::args::Format;
use super::failure::Failure;
use super::terminal::Terminal;

#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct AuthArgs {
    #[command(subcommand)]
    command: AuthCommand,
}

#[derive(Debug, Subcommand)]
enum AuthCommand {
    /// Say which credentials of uploads are found, where, and which calls they are enough for; never their values.
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Keep a value in the keyring of the system. It is read from standard input, never from the command line.
    #[cfg(feature = "keyring")]
    Store(NameArgs),
    /// Take a value out of the keyring of the system.
    #[cfg(feature = "keyring")]
    Forget(NameArgs),
}

#[cfg(feature = "keyring")]
#[derive(Debug, Args)]
struct NameArgs {
    /// Which value.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(CredentialName::ALL.map(CredentialName::key)))]
    name: String,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

const CHECK_HELP: &str = "\
Looked for in the environment, then in credentials.toml of the user's folder of configurations, which nobody else may read
(mode 0600):

  PREFLIGHT_API_KEY        api-key        \\
  PREFLIGHT_API_SECRET     api-secret      | OAuth 1.0a, all four: every call of both versions of the API
  PREFLIGHT_ACCESS_TOKEN   access-token    |
  PREFLIGHT_ACCESS_SECRET  access-secret  /
  PREFLIGHT_BEARER         bearer         OAuth 2.0, a user's token with media.write: every call of version 2

Nothing is sent: whether the service accepts them only a call can tell.

Exit status:
  0  they are enough to upload
  1  they are not
  2  the file of credentials is not valid, or others can read it
  3  the file of credentials could not be read";

/// Does what is asked about credentials.
pub(crate) fn run(args: &AuthArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        AuthCommand::Check(args) => check(args),
        #[cfg(feature = "keyring")]
        AuthCommand::Store(args) => store(args),
        #[cfg(feature = "keyring")]
        AuthCommand::Forget(args) => forget(args),
    }
}

/// Says which credentials are found.
fn check(args: &CheckArgs) -> Result<ExitCode, Failure> {
    let wallet = Wallet::of_user()?;
    let mut output = Terminal::output();
    match args.format {
        Format::Human => write_human(&mut output, &wallet),
        Format::Json => write_json(&mut output, &wallet),
    }
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    Ok(if wallet.credentials(Version::V2).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Keeps the first line of standard input.
#[cfg(feature = "keyring")]
fn store(args: &NameArgs) -> Result<ExitCode, Failure> {
    use std::io::{BufRead, Read};

    use media_preflight::api::oauth::Secret;
    use media_preflight::upload::keyring;

    let Some(name) = CredentialName::ALL.into_iter().find(|name| name.key() == args.name) else {
        return Ok(Failure::USAGE.into());
    };
    let mut line = String::new();
    io::stdin()
        .lock()
        .take(64 << 10)
        .read_line(&mut line)
        .map_err(|cause| Failure::Read { path: "standard input".into(), cause })?;
    let value = line.trim();
    if value.is_empty() {
        super::complain(&"nothing was given on standard input");
        return Ok(Failure::USAGE.into());
    }
    keyring::store(name, &Secret::new(value))?;
    super::note(&format_args!("{} is in the keyring", name.key()));
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "keyring")]
fn forget(args: &NameArgs) -> Result<ExitCode, Failure> {
    let Some(name) = CredentialName::ALL.into_iter().find(|name| name.key() == args.name) else {
        return Ok(Failure::USAGE.into());
    };
    let was_there = media_preflight::upload::keyring::forget(name)?;
    super::note(&format_args!("{} {} in the keyring", name.key(), if was_there { "is no longer" } else { "was not" }));
    Ok(ExitCode::SUCCESS)
}

fn write_human(output: &mut dyn Write, wallet: &Wallet) -> io::Result<()> {
    let column = CredentialName::ALL.iter().map(|name| name.variable().len()).max().unwrap_or_default();
    for name in CredentialName::ALL {
        let place = match wallet.origin(name) {
            Some(Origin::Environment) => "found in the environment".to_owned(),
            Some(Origin::File(file)) => format!("found in {}", visible(&file.to_string_lossy())),
            Some(Origin::Keyring) => "found in the keyring".to_owned(),
            None => "not found".to_owned(),
        };
        writeln!(output, "{:column$}  {place}", name.variable())?;
    }
    if let Some(fault) = wallet.keyring_fault() {
        writeln!(output, "{}", visible(fault))?;
    }
    writeln!(output)?;
    for version in [Version::V2, Version::V1_1] {
        match wallet.credentials(version) {
            Ok(credentials) => {
                let means = match credentials {
                    Credentials::OAuth1(_) => "OAuth 1.0a",
                    Credentials::Bearer(_) => "OAuth 2.0, if it is a user's token with media.write",
                };
                writeln!(output, "version {version}: enough for every call, by {means}")?;
            }
            Err(error) => {
                writeln!(output, "version {version}: not enough for any call: {}", visible(&error.to_string()))?;
            }
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Document<'a> {
    /// The file that was looked for.
    file: Option<String>,
    credentials: Vec<Entry<'a>>,
    calls: Vec<Calls>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    /// `environment`, `file` or `keyring`; null where it was not found.
    found: Option<&'static str>,
}

#[derive(Serialize)]
struct Calls {
    api: Version,
    enough: bool,
    /// `oauth1` or `bearer`; null where they are not enough.
    by: Option<&'static str>,
    /// Why they are not enough.
    why: Option<String>,
}

fn write_json(output: &mut dyn Write, wallet: &Wallet) -> io::Result<()> {
    let entry = |name: CredentialName| Entry {
        name: name.variable(),
        found: wallet.origin(name).map(|origin| match origin {
            Origin::Environment => "environment",
            Origin::File(_) => "file",
            Origin::Keyring => "keyring",
        }),
    };
    let calls = |api| {
        let credentials = wallet.credentials(api);
        let by = credentials.as_ref().ok().map(|credentials| match credentials {
            Credentials::OAuth1(_) => "oauth1",
            Credentials::Bearer(_) => "bearer",
        });
        Calls { api, enough: by.is_some(), by, why: credentials.err().map(|error| error.to_string()) }
    };
    let document = Document {
        file: wallet.file().map(|file| file.to_string_lossy().into_owned()),
        credentials: CredentialName::ALL.into_iter().map(entry).collect(),
        calls: [Version::V2, Version::V1_1].into_iter().map(calls).collect(),
    };
    serde_json::to_writer_pretty(&mut *output, &document)?;
    writeln!(output)
}
