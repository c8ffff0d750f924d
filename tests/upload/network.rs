//! Connections that are cut at any byte.

use std::fs;

use crate::command::{code, files, run, stderr};
use crate::crash::runs;
use crate::proxy::{Direction, Proxy};
use crate::server::{Noise, Server, video};

#[test]
fn connections_that_are_cut_at_any_byte_lose_nothing() {
    let mut noise = Noise(3);
    for round in 0..runs(10) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let size = 500_000 + noise.below(1_500_000);
        video(&path, usize::try_from(size).unwrap());
        let server = Server::start(&folder.path().join("storage"), &[]);
        let proxy = Proxy::start(&server.address);
        for _ in 0..4 {
            proxy.cut(Direction::There, noise.below(size));
            proxy.cut(Direction::Back, noise.below(4000));
        }
        let api = if round % 2 == 0 { "2" } else { "1.1" };
        let command =
            ["upload", "film.mp4", "--api", api, "--chunk-size", "100000", "--format", "json", "--backoff", "0"];
        let mut output = run(folder.path(), &proxy.address, &command);
        if code(&output) == 4 {
            // One call was cut as often as it may be tried: the same command goes on.
            output = run(folder.path(), &proxy.address, &command);
        }
        assert_eq!(code(&output), 0, "round {round}: {}", stderr(&output));
        let finished = server.finished();
        let id = files(&output)[0]["media_id"].as_str().unwrap().to_owned();
        assert!(finished[&id] == fs::read(&path).unwrap(), "round {round}: the content differs");
        assert_eq!(finished.len(), 1, "round {round}");
    }
}

#[test]
fn a_server_that_is_not_there_leaves_the_upload_to_be_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    video(&folder.path().join("film.mp4"), 500_000);
    let server = Server::start(&folder.path().join("storage"), &[]);
    let address = server.address.clone();
    server.kill();
    let output = run(folder.path(), &address, &["upload", "film.mp4", "--backoff", "0"]);
    assert_eq!(code(&output), 4);
    let said = stderr(&output);
    assert!(said.contains("INIT failed 6 times") && said.contains("go on with:"), "{said}");
}

#[test]
fn faults_of_the_server_are_survived_or_told() {
    let folder = tempfile::tempdir().unwrap();
    video(&folder.path().join("film.mp4"), 1_000_000);
    for (number, (faults, expected, words)) in [
        (&["append=413,above=150000"][..], 0, ""),
        (&["append=431,above=150000"], 0, ""),
        (&["append:2-3=429,reset=1"], 0, ""),
        (&["any:every-4=503"], 0, ""),
        (&["append:every-3=cut-after", "append:every-4=cut-before"], 0, ""),
        (&["finalize:1=cut-after"], 0, ""),
        (&["finalize:1=cut-before"], 0, ""),
        (&["status=no-check-after"], 0, ""),
        (&["append:3=404"], 0, ""),
        (&["status=processing-error"], 1, "the server does not take the file"),
        (&["append=400"], 1, "the server refused APPEND"),
        (&["init=503"], 4, "INIT failed 6 times"),
        (&["append:from-4=500"], 4, "go on with: preflight upload film.mp4"),
    ]
    .into_iter()
    .enumerate()
    {
        let arguments: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        let server = Server::start(&folder.path().join(format!("storage-{number}")), &arguments);
        let command = ["upload", "film.mp4", "--chunk-size", "200000", "--format", "json", "--backoff", "0", "--anew"];
        let output = run(folder.path(), &server.address, &command);
        assert_eq!(code(&output), expected, "{faults:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{faults:?}: {}", stderr(&output));
        if expected == 0 {
            let finished = server.finished();
            let id = files(&output)[0]["media_id"].as_str().unwrap().to_owned();
            assert!(finished[&id] == fs::read(folder.path().join("film.mp4")).unwrap(), "{faults:?}");
            assert_eq!(finished.len(), 1, "{faults:?}");
        }
    }
}
