//! A server of `preflight serve`, and files to send to it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::cargo_bin;

/// A server with its storage, which ends with the test.
pub(crate) struct Server {
    child: Child,
    storage: PathBuf,
    /// The address of HTTP, such as `127.0.0.1:8080`.
    pub(crate) address: String,
    /// The address of HTTPS and the file of the authority to trust.
    pub(crate) tls: Option<(String, PathBuf)>,
}

impl Server {
    /// Starts a server over a storage, with more arguments.
    pub(crate) fn start(storage: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(cargo_bin!("preflight"));
        command.args(["serve", "--processing-time", "0", "--no-rate-limits", "--storage"]).arg(storage).args(arguments);
        let mut child = credentials(&mut command).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.next().unwrap().strip_prefix("listening on http://").unwrap().to_owned();
        let tls = arguments.contains(&"--tls").then(|| {
            let address = lines.next().unwrap().strip_prefix("listening on https://").unwrap().to_owned();
            (address, PathBuf::from(lines.next().unwrap().strip_prefix("CA file: ").unwrap()))
        });
        Self { child, storage: storage.to_owned(), address, tls }
    }

    /// The finished uploads: id and content.
    pub(crate) fn finished(&self) -> BTreeMap<String, Vec<u8>> {
        let Ok(folders) = fs::read_dir(self.storage.join("media")) else { return BTreeMap::new() };
        folders
            .map(|folder| folder.unwrap())
            .filter_map(|folder| {
                let content = fs::read(folder.path().join("content")).ok()?;
                Some((folder.file_name().into_string().unwrap(), content))
            })
            .collect()
    }

    /// Ends the server as a loss of power would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The credentials that server and client share in these tests.
pub(crate) fn credentials(command: &mut Command) -> &mut Command {
    for (name, value) in CREDENTIALS {
        command.env(name, value);
    }
    for name in
        ["PREFLIGHT_BEARER", "SSL_CERT_FILE", "PREFLIGHT_ENDPOINT", "PREFLIGHT_PACK", "HTTP_PROXY", "http_proxy"]
    {
        command.env_remove(name);
    }
    command
}

/// A sample of the repository.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// A video that passes, of about so many bytes: the sample with a box of noise behind it that players pass over.
pub(crate) fn video(path: &Path, bytes: usize) {
    let mut content = fs::read(sample("video.mp4")).unwrap();
    let padding = bytes.saturating_sub(content.len() + 8);
    content.extend(u32::try_from(padding + 8).unwrap().to_be_bytes());
    content.extend(b"free");
    let mut noise = Noise(u64::try_from(bytes).unwrap());
    content.extend((0..padding).map(|_| noise.next().to_be_bytes()[0]));
    fs::write(path, content).unwrap();
}

/// A sequence of numbers that its seed decides (SplitMix64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

pub(crate) const CREDENTIALS: [(&str, &str); 4] = [
    ("PREFLIGHT_API_KEY", "key-of-tests"),
    ("PREFLIGHT_API_SECRET", "secret-of-tests"),
    ("PREFLIGHT_ACCESS_TOKEN", "12-token-of-tests"),
    ("PREFLIGHT_ACCESS_SECRET", "token-secret-of-tests"),
];
