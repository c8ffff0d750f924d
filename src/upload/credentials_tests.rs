//! Which credentials are found where, and that their values stay hidden.

use std::collections::HashMap;

use tempfile::TempDir;

use super::*;

const ALL: &str = "api-key = \"key\"\napi-secret = \"one\"\naccess-token = \"7-token\"\naccess-secret = \"two\"\n";

fn found(variables: &[(&str, &str)], file: Option<&Path>) -> Result<Wallet, CredentialsError> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Wallet::find(Places { variable: &|name| variables.get(name).map(OsString::from), file, keyring: &|_| Ok(None) })
}

fn file(text: &str, mode: u32) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("credentials.toml");
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    (folder, path)
}

#[test]
fn the_environment_goes_before_the_file() {
    let (_folder, path) = file(ALL, 0o600);
    let wallet = found(&[("PREFLIGHT_API_KEY", "other\n"), ("PREFLIGHT_API_SECRET", "")], Some(&path)).unwrap();
    let keys = wallet.oauth1().unwrap();
    assert_eq!((keys.key.reveal(), keys.secret.reveal()), ("other", "one"));
    assert_eq!(wallet.origin(CredentialName::ApiKey), Some(&Origin::Environment));
    assert_eq!(wallet.origin(CredentialName::ApiSecret), Some(&Origin::File(path.clone())));
    assert_eq!(wallet.origin(CredentialName::Bearer), None);
    for version in [Version::V1_1, Version::V2] {
        assert_eq!(wallet.credentials(version).unwrap(), Credentials::OAuth1(keys.clone()));
    }
    let shown = format!("{wallet:?}");
    for value in ["other", "one", "7-token", "two"] {
        assert!(!shown.contains(&format!("\"{value}\"")), "{shown}");
    }
}

#[test]
fn the_keyring_is_asked_last_and_only_for_what_is_missing() {
    let asked = std::cell::RefCell::new(Vec::new());
    let find = |variables: &[(&str, &str)], broken: bool| {
        asked.borrow_mut().clear();
        let variables: HashMap<&str, &str> = variables.iter().copied().collect();
        let keyring = |name: CredentialName| {
            asked.borrow_mut().push(name);
            if broken { Err("it is locked".to_owned()) } else { Ok(Some(Secret::new(name.key()))) }
        };
        Wallet::find(Places {
            variable: &|name| variables.get(name).map(OsString::from),
            file: None,
            keyring: &keyring,
        })
    };
    let wallet = find(&[("PREFLIGHT_API_KEY", "key")], false).unwrap();
    assert_eq!(wallet.oauth1().unwrap().secret.reveal(), "api-secret");
    assert_eq!(wallet.origin(CredentialName::ApiKey), Some(&Origin::Environment));
    assert_eq!(wallet.origin(CredentialName::ApiSecret), Some(&Origin::Keyring));
    assert!(!asked.borrow().contains(&CredentialName::ApiKey));

    let all: Vec<(&str, &str)> = CredentialName::OAUTH1.iter().map(|name| (name.variable(), "x")).collect();
    assert_eq!(find(&all, true).unwrap().keyring_fault(), None);
    assert!(asked.borrow().is_empty());

    let wallet = find(&[("PREFLIGHT_BEARER", "AAAA")], true).unwrap();
    assert_eq!(wallet.keyring_fault(), Some("it is locked"));
    assert!(wallet.credentials(Version::V2).is_ok());
}

#[test]
fn a_bearer_is_enough_for_v2_only() {
    let wallet = found(&[("PREFLIGHT_BEARER", "AAAA")], None).unwrap();
    assert_eq!(wallet.credentials(Version::V2).unwrap(), Credentials::Bearer(Secret::new("AAAA")));
    assert_eq!(
        wallet.credentials(Version::V1_1).unwrap_err().to_string(),
        "version 1.1 of the API takes no PREFLIGHT_BEARER: it needs PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET, \
         PREFLIGHT_ACCESS_TOKEN and PREFLIGHT_ACCESS_SECRET"
    );
    // Beside three of four values it still is.
    let three = [("PREFLIGHT_BEARER", "AAAA"), ("PREFLIGHT_API_KEY", "key")];
    let wallet = found(&three, None).unwrap();
    assert!(matches!(wallet.credentials(Version::V2), Ok(Credentials::Bearer(_))));
    assert_eq!(
        wallet.credentials(Version::V1_1).unwrap_err().to_string(),
        "the credentials are not complete: PREFLIGHT_API_SECRET, PREFLIGHT_ACCESS_TOKEN and PREFLIGHT_ACCESS_SECRET are missing"
    );
}

#[test]
fn what_is_missing_is_said() {
    let missing = Path::new("/nowhere/credentials.toml");
    let error = |wallet: Wallet, version| wallet.credentials(version).unwrap_err().to_string();
    assert_eq!(
        error(found(&[], Some(missing)).unwrap(), Version::V2),
        "no credentials: set PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET, PREFLIGHT_ACCESS_TOKEN and PREFLIGHT_ACCESS_SECRET, or \
         PREFLIGHT_BEARER, or write them to /nowhere/credentials.toml (api-key = \"...\", mode 0600)"
    );
    assert!(!error(found(&[], None).unwrap(), Version::V1_1).contains("BEARER"));
    let (_folder, path) = file("api-key = \"key\"\naccess-token = \"t\"\naccess-secret = \"s\"", 0o400);
    assert_eq!(
        error(found(&[], Some(&path)).unwrap(), Version::V2),
        "the credentials are not complete: PREFLIGHT_API_SECRET is missing"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o644, 0o620, 0o601, 0o777] {
        let (_folder, path) = file(ALL, mode);
        let error = found(&[], Some(&path)).unwrap_err();
        let name = path.display();
        assert_eq!(
            error.to_string(),
            format!(
                "{name} can be read by others (its mode is {mode:04o}), and it holds secrets: run chmod 600 {name}"
            )
        );
    }
    let (_folder, path) = file(ALL, 0o600);
    assert!(found(&[], Some(&path)).unwrap().oauth1().is_some());
}

#[test]
fn errors_repeat_no_value() {
    for (text, line) in [
        ("api-key = \"key\"\nhunter2", 2),
        ("api-key = hunter2", 1),
        ("\n\nhunter2 = \"x\"", 3),
        ("api-key = \"hunter2\"\napi-key = \"hunter2\"", 2),
        ("api-key = [\"hunter2\"]", 1),
        ("[hunter2]\napi-key = \"x\"", 1),
    ] {
        let (_folder, path) = file(text, 0o600);
        let error = found(&[], Some(&path)).unwrap_err();
        assert!(matches!(error, CredentialsError::File { line: at, .. } if at == line), "{text}: {error}");
        assert!(!error.to_string().contains("hunter2") && !format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let error = found(&[("PREFLIGHT_BEARER", "hunter2\nX-Other: 1")], None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "PREFLIGHT_BEARER of the environment cannot be used: it is empty, or holds blanks or characters that no key has"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
    let (folder, _) = file("", 0o600);
    let error = found(&[], Some(folder.path())).unwrap_err();
    assert!(error.to_string().ends_with("not a regular file"), "{error}");
}
