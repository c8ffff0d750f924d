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
        let output = run(folder.path(), &proxy.address, &command);
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
