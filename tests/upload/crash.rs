//! The program, or the server, is killed at any byte; the same command then goes on.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};

use crate::command::{code, files, run, start, stderr};
use crate::proxy::{Direction, Proxy};
use crate::server::{Noise, Server, video};

#[test]
fn after_a_kill_at_any_byte_the_same_command_ends_with_one_upload() {
    let mut noise = Noise(1);
    for round in 0..runs(20) {
        let folder = tempfile::tempdir().unwrap();
        let (size, chunk) = (1_500_000, 100_000);
        video(&folder.path().join("film.mp4"), size);
        let server = Server::start(&folder.path().join("storage"), &[]);
        let proxy = Proxy::start(&server.address);
        let command = ["upload", "film.mp4", "--chunk-size", "100000", "--format", "json", "--backoff", "0"];
        let mut kills = 0;
        let output = loop {
            let direction = if noise.below(3) == 0 { Direction::Back } else { Direction::There };
            let after = noise.below(if direction == Direction::Back { 6_000 } else { size as u64 });
            let held = proxy.hold(direction, after);
            let child = start(folder.path(), &proxy.address, &command);
            let (was_killed, output) = kill_when_held(child, held, &proxy);
            if !was_killed {
                break output;
            }
            kills += 1;
            assert!(kills < 200, "it does not come to an end");
        };
        assert_whole(&output, folder.path(), &server, round);
        // What was acknowledged is not sent again: only the segments that were under way at a kill may be.
        let most = size as u64 + kills * 3 * chunk + (kills + 1) * 80_000;
        assert!(proxy.sent() <= most, "{} bytes for {kills} kills", proxy.sent());
    }
}

#[test]
fn the_server_may_be_killed_and_come_back() {
    let mut noise = Noise(2);
    for round in 0..runs(5) {
        let folder = tempfile::tempdir().unwrap();
        let storage = folder.path().join("storage");
        video(&folder.path().join("film.mp4"), 2_000_000);
        let mut server = Server::start(&storage, &[]);
        let proxy = Proxy::start(&server.address);
        let held = proxy.hold(Direction::There, noise.below(2_000_000));
        let command = ["upload", "film.mp4", "--chunk-size", "100000", "--format", "json", "--backoff", "0.05"];
        let child = start(folder.path(), &proxy.address, &command);
        let mut replacement = None;
        held.then(|| {
            // The old one goes before the new one comes: they share the storage.
            std::mem::replace(&mut server, Server::start(&folder.path().join("other"), &[])).kill();
            let next = Server::start(&storage, &[]);
            proxy.turn_to(&next.address);
            replacement = Some(next);
        });
        let output = child.wait_with_output().unwrap();
        let server = replacement.unwrap_or(server);
        let output = if code(&output) == 4 { run(folder.path(), &proxy.address, &command) } else { output };
        assert_whole(&output, folder.path(), &server, round);
    }
}

#[test]
fn a_directory_goes_on_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("media")).unwrap();
    for number in 0..4 {
        video(&folder.path().join(format!("media/{number}.mp4")), 500_000 + number);
    }
    let server = Server::start(&folder.path().join("storage"), &[]);
    let proxy = Proxy::start(&server.address);
    let command = ["upload", "media", "--chunk-size", "50000", "--format", "json", "--backoff", "0"];
    let held = proxy.hold(Direction::There, 1_200_000);
    let (was_killed, _) = kill_when_held(start(folder.path(), &proxy.address, &command), held, &proxy);
    assert!(was_killed);
    let output = run(folder.path(), &proxy.address, &command);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(files(&output).iter().any(|file| file["resumed"] == true));
    let finished = server.finished();
    assert_eq!(finished.len(), 4);
    for (number, file) in files(&output).iter().enumerate() {
        let whole = fs::read(folder.path().join(format!("media/{number}.mp4"))).unwrap();
        assert!(finished[file["media_id"].as_str().unwrap()] == whole);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_says_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    video(&folder.path().join("film.mp4"), 2_000_000);
    let server = Server::start(&folder.path().join("storage"), &[]);
    let proxy = Proxy::start(&server.address);
    let command = ["upload", "film.mp4", "--chunk-size", "100000", "--format", "json"];
    let held = proxy.hold(Direction::There, 1_000_000);
    let child = start(folder.path(), &proxy.address, &command);
    let id = child.id().to_string();
    assert!(held.then(|| assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success())));
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    assert!(stderr(&output).contains("go on with: preflight upload film.mp4"), "{}", stderr(&output));
    let file = &files(&output)[0];
    assert_eq!(file["state"], "interrupted");
    assert!(file["segments"].as_u64().unwrap() >= 5);
    let output = run(folder.path(), &proxy.address, &["uploads", "resume", "--format", "json"]);
    assert_eq!(files(&output)[0]["resumed"], true);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let finished = server.finished();
    assert_eq!(finished.len(), 1);
    assert!(finished.values().all(|content| *content == fs::read(folder.path().join("film.mp4")).unwrap()));
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    video(&path, 2_000_000);
    let server = Server::start(&folder.path().join("storage"), &[]);
    let proxy = Proxy::start(&server.address);
    let command = ["upload", "film.mp4", "--chunk-size", "100000", "--format", "json"];
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    for keeps_time in [false, true] {
        let held = proxy.hold(Direction::There, 1_000_000);
        let child = start(folder.path(), &proxy.address, &command);
        assert!(held.then(|| {
            let mut content = fs::read(&path).unwrap();
            content[500_000] ^= 1;
            fs::write(&path, content).unwrap();
            if keeps_time {
                // The clock of the file system tells nothing then; the check sums do.
                fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
            }
        }));
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        assert!(stderr(&output).contains("the file changed"), "{}", stderr(&output));
        assert!(server.finished().is_empty());
        fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    }
    let output = run(folder.path(), &proxy.address, &command);
    assert_whole(&output, folder.path(), &server, 0);
}

#[test]
fn an_unfinished_upload_goes_on_though_its_file_was_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    video(&path, 1_000_000);
    let server = Server::start(&folder.path().join("storage"), &[]);
    let proxy = Proxy::start(&server.address);
    let command = ["upload", "film.mp4", "--chunk-size", "100000", "--format", "json"];
    let held = proxy.hold(Direction::There, 600_000);
    let (was_killed, _) = kill_when_held(start(folder.path(), &proxy.address, &command), held, &proxy);
    assert!(was_killed);
    let later = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(2_000_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    let output = run(folder.path(), &proxy.address, &["uploads", "resume"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let output = run(folder.path(), &proxy.address, &command);
    assert_eq!(files(&output)[0]["resumed"], true, "{}", stderr(&output));
    assert_whole(&output, folder.path(), &server, 0);
    assert!(proxy.sent() < 1_000_000 + 400_000);
}

#[test]
fn two_commands_do_not_send_one_upload() {
    let folder = tempfile::tempdir().unwrap();
    video(&folder.path().join("film.mp4"), 1_000_000);
    let server = Server::start(&folder.path().join("storage"), &[]);
    let proxy = Proxy::start(&server.address);
    let command = ["upload", "film.mp4", "--chunk-size", "100000", "--format", "json"];
    let held = proxy.hold(Direction::There, 500_000);
    let child = start(folder.path(), &proxy.address, &command);
    assert!(held.then(|| {
        let output = run(folder.path(), &server.address, &["upload", "film.mp4", "--endpoint", &endpoint(&proxy)]);
        assert_eq!(code(&output), 4, "{}", stderr(&output));
        assert!(stderr(&output).contains("another process is sending this upload"), "{}", stderr(&output));
    }));
    let output = child.wait_with_output().unwrap();
    assert_whole(&output, folder.path(), &server, 0);
}

fn endpoint(proxy: &Proxy) -> String {
    format!("http://{}", proxy.address)
}

/// Kills a program as soon as the proxy holds its bytes. `false`: it came to its end before.
fn kill_when_held(mut child: Child, held: crate::proxy::Held, proxy: &Proxy) -> (bool, Output) {
    let id = child.id();
    std::thread::scope(|scope| {
        let killer = scope.spawn(move || held.then(|| kill(id)));
        let mut output = Vec::new();
        std::io::Read::read_to_end(&mut child.stdout.take().unwrap(), &mut output).unwrap();
        let ended = child.wait_with_output().unwrap();
        // Where nothing was held, nothing will be.
        proxy.disarm();
        let was_killed = killer.join().unwrap();
        (was_killed && ended.status.code().is_none(), Output { stdout: output, ..ended })
    })
}

/// Kills a program as `kill -9` does.
fn kill(id: u32) {
    let mut command = if cfg!(windows) { Command::new("taskkill") } else { Command::new("kill") };
    let arguments =
        if cfg!(windows) { ["/F".to_owned(), "/PID".to_owned()] } else { ["-s".to_owned(), "KILL".to_owned()] };
    assert!(command.args(arguments).arg(id.to_string()).status().unwrap().success());
}

/// Exactly one upload is finished, it is the one of the answer, and its content is the file.
fn assert_whole(output: &Output, folder: &Path, server: &Server, round: u64) {
    assert_eq!(code(output), 0, "round {round}: {}", stderr(output));
    let finished = server.finished();
    assert_eq!(finished.len(), 1, "round {round}");
    let id = files(output)[0]["media_id"].as_str().unwrap().to_owned();
    assert!(finished[&id] == fs::read(folder.join("film.mp4")).unwrap(), "round {round}: the content differs");
}

/// How often a test is repeated: few times by itself, many where `PREFLIGHT_UPLOAD_RUNS` says so.
pub(crate) fn runs(few: u64) -> u64 {
    std::env::var("PREFLIGHT_UPLOAD_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(few)
}
