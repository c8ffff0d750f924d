//! What people do with uploads, and what they are told.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command::{code, files, preflight, run, stderr, stdout};
use crate::server::{CREDENTIALS, Server, sample, video};

struct Bench {
    folder: tempfile::TempDir,
    server: Server,
}

impl Bench {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("storage"), arguments);
        Self { folder, server }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        run(self.path(), &self.server.address, arguments)
    }

    fn take(&self, name: &str) {
        fs::copy(sample(name), self.path().join(name)).unwrap();
    }

    fn content(&self, id: &Value) -> Vec<u8> {
        self.server.finished()[id.as_str().unwrap()].clone()
    }
}

#[test]
fn every_kind_of_file_arrives_whole_in_both_versions() {
    let bench = Bench::new();
    for api in ["2", "1.1"] {
        for (name, category, media_type) in [
            ("video.mp4", "tweet_video", "video/mp4"),
            ("gif-animated.gif", "tweet_gif", "image/gif"),
            ("photo.jpg", "tweet_image", "image/jpeg"),
            ("picture.png", "tweet_image", "image/png"),
            ("sticker.webp", "tweet_image", "image/webp"),
            ("captions.srt", "subtitles", "text/srt"),
        ] {
            bench.take(name);
            let output = bench.run(&["upload", "--api", api, "--format", "json", "--chunk-size", "65536", name]);
            assert_eq!(code(&output), 0, "{}", stderr(&output));
            let file = &files(&output)[0];
            let whole = fs::read(sample(name)).unwrap();
            assert_eq!(bench.content(&file["media_id"]), whole, "{name}");
            assert_eq!(file["media_id"], file["media_id_string"]);
            assert_eq!((&file["path"], &file["state"]), (&name.into(), &"succeeded".into()));
            assert_eq!((&file["category"], &file["media_type"]), (&category.into(), &media_type.into()));
            assert_eq!(file["bytes"], whole.len());
            assert_eq!(file["segments"], whole.len().div_ceil(65536));
            assert_eq!(file["resumed"], false);
            assert!(file["expires_at"].as_u64().unwrap() > 1_700_000_000);
        }
    }
}

#[test]
fn what_fails_the_check_is_not_sent() {
    let bench = Bench::new();
    let calls = [("video-hevc.mp4", "video-codec"), ("gif-351-frames.gif", "gif-too-many-frames")];
    for (name, rule) in calls {
        bench.take(name);
        let output = bench.run(&["upload", name, "--format", "json"]);
        assert_eq!(code(&output), 1);
        assert!(stderr(&output).contains(rule), "{}", stderr(&output));
        assert_eq!(files(&output)[0]["state"], "check_failed");
    }
    assert!(bench.server.finished().is_empty());
    let output = bench.run(&["upload", "--force", "gif-351-frames.gif"]);
    assert!(stderr(&output).contains("sent all the same: gif-too-many-frames"), "{}", stderr(&output));
    assert_eq!(code(&output), 1, "the server does not take it either");
}

#[test]
fn the_servers_own_words_are_shown() {
    let bench = Bench::new();
    bench.take("photo.jpg");
    for (api, words) in [("2", "HTTP 40"), ("1.1", "Could not authenticate you.")] {
        let mut command = preflight(bench.path(), &bench.server.address, &["upload", "--api", api, "photo.jpg"]);
        let output = command.env("PREFLIGHT_ACCESS_SECRET", "wrong").output().unwrap();
        assert_eq!(code(&output), 1);
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(bench.server.finished().is_empty());
}

#[test]
fn alternative_text_and_subtitles_go_with_their_file() {
    let bench = Bench::new();
    for name in ["gif-animated.gif", "video.mp4", "captions.srt"] {
        bench.take(name);
    }
    for api in ["2", "1.1"] {
        let output =
            bench.run(&["upload", "--api", api, "gif-animated.gif", "--alt-text", "A = b", "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(files(&output)[0]["alt_text"], true);
        let output =
            bench.run(&["upload", "--api", api, "video.mp4", "--subtitle", "en=captions.srt", "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let subtitles = files(&output)[0]["subtitles"].clone();
        assert_eq!((&subtitles[0]["language"], &subtitles[0]["name"]), (&"en".into(), &"English".into()));
        assert_eq!(bench.content(&subtitles[0]["media_id"]), fs::read(sample("captions.srt")).unwrap());
    }
    let output = bench.run(&["upload", "video.mp4", "--subtitle", "fil:Filipino=captions.srt"]);
    assert_eq!(code(&output), 2, "version 2 has two letters for a language");
}

#[test]
fn the_same_command_again_sends_nothing() {
    let bench = Bench::new();
    bench.take("photo.jpg");
    let first = bench.run(&["upload", "photo.jpg", "--format", "json"]);
    let again = bench.run(&["upload", "photo.jpg", "--format", "json"]);
    assert_eq!(files(&first)[0]["media_id"], files(&again)[0]["media_id"]);
    assert_eq!((&files(&again)[0]["calls"], &files(&again)[0]["resumed"]), (&0.into(), &true.into()));
    assert!(stdout(&bench.run(&["upload", "photo.jpg"])).contains("already uploaded as"));
    assert_eq!(bench.server.finished().len(), 1);
    let anew = bench.run(&["upload", "photo.jpg", "--anew", "--format", "json"]);
    assert_ne!(files(&first)[0]["media_id"], files(&anew)[0]["media_id"]);
    // A file with other content is another upload.
    fs::copy(sample("picture-named.jpg"), bench.path().join("photo.jpg")).unwrap();
    let other = bench.run(&["upload", "photo.jpg", "--format", "json"]);
    assert_eq!(files(&other)[0]["resumed"], false, "{}", stderr(&other));
    assert!(stderr(&other).contains("has changed since an earlier upload"));
}

#[test]
fn of_a_directory_everything_that_passes_is_sent() {
    let bench = Bench::new();
    let folder = bench.path().join("media");
    fs::create_dir(&folder).unwrap();
    for name in ["photo.jpg", "picture.png", "gif-animated.gif", "video-hevc.mp4"] {
        fs::copy(sample(name), folder.join(name)).unwrap();
    }
    fs::write(folder.join("notes.txt"), "no media").unwrap();
    fs::write(folder.join("photo.jpg.alt.txt"), "A photo").unwrap();
    let output = bench.run(&["upload", "media", "--format", "json"]);
    assert_eq!(code(&output), 1);
    let states: Vec<(String, String)> = files(&output)
        .iter()
        .map(|file| (file["path"].as_str().unwrap().to_owned(), file["state"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [
        ("media/gif-animated.gif", "succeeded"),
        ("media/photo.jpg", "succeeded"),
        ("media/picture.png", "succeeded"),
        ("media/video-hevc.mp4", "check_failed"),
    ];
    assert_eq!(states, expected.map(|(path, state)| (path.to_owned(), state.to_owned())));
    assert_eq!(files(&output)[1]["alt_text"], true);
    assert_eq!(bench.server.finished().len(), 3);
}

#[test]
fn a_post_is_sent_as_a_whole_or_not_at_all() {
    let bench = Bench::new();
    for name in ["photo.jpg", "picture.png", "gif-animated.gif"] {
        bench.take(name);
    }
    let output = bench.run(&["upload", "--post", "photo.jpg", "gif-animated.gif", "--format", "json"]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("post-media-mix"), "{}", stderr(&output));
    assert!(bench.server.finished().is_empty());
    let output = bench.run(&["upload", "--post", "picture.png", "photo.jpg", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ids: Vec<&Value> = answer["files"].as_array().unwrap().iter().map(|file| &file["media_id"]).collect();
    assert_eq!(answer["post"]["media_ids"].as_array().unwrap().iter().collect::<Vec<_>>(), ids);
}

#[test]
fn a_simple_upload_and_base64_arrive_whole() {
    let bench = Bench::new();
    for name in ["photo.jpg", "video.mp4"] {
        bench.take(name);
    }
    for api in ["2", "1.1"] {
        for more in
            [&["--simple"][..], &["--base64", "--anew", "--chunk-size", "5000"], &["--simple", "--base64", "--anew"]]
        {
            let output = bench.run(&[&["upload", "photo.jpg", "--api", api, "--format", "json"], more].concat());
            assert_eq!(code(&output), 0, "{api} {more:?} {}", stderr(&output));
            let file = &files(&output)[0];
            assert_eq!(bench.content(&file["media_id"]), fs::read(sample("photo.jpg")).unwrap());
            assert_eq!(file["segments"] == 1, more.contains(&"--simple"));
        }
    }
    let output = bench.run(&["upload", "--simple", "video.mp4"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("--simple is for images"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_is_told_before_anything_is_sent() {
    let bench = Bench::new();
    bench.take("video.mp4");
    for (arguments, words) in [
        (&["upload", "-"][..], "standard input"),
        (&["upload", "video.mp4", "--chunk-size", "0"], "--chunk-size 0"),
        (&["upload", "video.mp4", "--chunk-size", "6MiB"], "from 1 to 5242880"),
        (&["upload", "video.mp4", "--chunk-size", "100"], "1000 are allowed"),
        (&["upload", "video.mp4", "--parallel", "0"], "from 1 to 16"),
        (&["upload", "video.mp4", "--api", "3"], "the versions are 2 and 1.1"),
        (&["upload", "video.mp4", "--endpoint", "http://a.example"], "would not be encrypted"),
        (&["upload", "video.mp4", "--additional-owner", "me"], "expected a decimal number"),
        (&["uploads", "forget", "nothing"], "no upload is remembered"),
        (&["media", "status", "0"], "expected a decimal number"),
    ] {
        let output = bench.run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?} {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{arguments:?} {}", stderr(&output));
    }
    assert!(bench.server.finished().is_empty());
}

#[test]
fn a_dry_run_plans_and_sends_nothing() {
    let bench = Bench::new();
    video(&bench.path().join("long.mp4"), 3 << 20);
    let output = bench.run(&["upload", "--dry-run", "--bandwidth", "1MiB", "long.mp4", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let plan = files(&output)[0]["plan"].clone();
    assert_eq!((&plan["segments"], &plan["chunk_bytes"], &plan["seconds"]), (&3.into(), &(1 << 20).into(), &3.into()));
    assert!(stdout(&bench.run(&["upload", "--dry-run", "long.mp4"])).contains("APPEND: 3 of 1875"));
    assert!(!bench.path().join("state").exists());
    assert!(bench.server.finished().is_empty());
}

#[test]
fn what_is_uploaded_can_be_asked_about_and_added_to() {
    let bench = Bench::new();
    for name in ["video.mp4", "gif-animated.gif", "photo.jpg", "captions.srt"] {
        bench.take(name);
    }
    for api in ["2", "1.1"] {
        let id = |name| {
            let output = bench.run(&["upload", "--api", api, name, "--format", "json"]);
            files(&output)[0]["media_id"].as_str().unwrap().to_owned()
        };
        let (video, gif) = (id("video.mp4"), id("gif-animated.gif"));
        let output = bench.run(&["media", "status", "--api", api, &video]);
        assert_eq!(
            (code(&output), stdout(&output)),
            (0, format!("{video}: succeeded, 100 %\n")),
            "{}",
            stderr(&output)
        );
        let output = bench.run(&["media", "alt-text", "--api", api, &gif, "A cat"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let output = bench.run(&["media", "alt-text", "--api", api, &gif, &"a".repeat(1001)]);
        assert_eq!(code(&output), 2);
        let output = bench.run(&["subtitles", "add", "--api", api, &video, "en=captions.srt", "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(files(&output)[0]["subtitles"][0]["language"], "en");
        let output = bench.run(&["subtitles", "remove", "--api", api, &video, "en"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let output = bench.run(&["media", "status", "--api", api, "1"]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains("images, subtitles"), "{}", stderr(&output));
        let photo = id("photo.jpg");
        let output = bench.run(&["media", "status", "--api", api, &photo]);
        assert_eq!((code(&output), stdout(&output)), (0, format!("{photo}: succeeded\n")), "{}", stderr(&output));
    }
}

#[test]
fn what_is_remembered_is_listed_and_forgotten() {
    let bench = Bench::new();
    bench.take("photo.jpg");
    let id = files(&bench.run(&["upload", "photo.jpg", "--format", "json"]))[0]["media_id"].clone();
    let list =
        || -> Value { serde_json::from_slice(&bench.run(&["uploads", "list", "--format", "json"]).stdout).unwrap() };
    let listed = list();
    assert_eq!((&listed["uploads"][0]["media_id"], &listed["uploads"][0]["state"]), (&id, &"succeeded".into()));
    let output = bench.run(&["uploads", "forget", "photo.jpg"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(list()["uploads"].as_array().unwrap().is_empty());
}

#[test]
fn what_is_not_attached_yet_is_gone_on_with() {
    let bench = Bench::with(&["--fault", "subtitles-create:1-6=500", "--fault", "metadata:1-6=500"]);
    for name in ["video.mp4", "photo.jpg", "captions.srt"] {
        bench.take(name);
    }
    let states = || -> Vec<Value> {
        let listed: Value =
            serde_json::from_slice(&bench.run(&["uploads", "list", "--format", "json"]).stdout).unwrap();
        listed["uploads"].as_array().unwrap().iter().map(|upload| upload["state"].clone()).collect()
    };
    let output = bench.run(&["upload", "photo.jpg", "--alt-text", "A cat", "--backoff", "0"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let output = bench.run(&["upload", "video.mp4", "--subtitle", "en=captions.srt", "--backoff", "0"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert_eq!(states().iter().filter(|state| *state == "to attach").count(), 2, "{:?}", states());
    let output = bench.run(&["uploads", "resume"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("with its alternative text"), "{}", stdout(&output));
    assert!(stdout(&output).contains("with subtitles en (English)"), "{}", stdout(&output));
    assert!(states().iter().all(|state| state == "succeeded"), "{:?}", states());
}

#[test]
fn subtitles_of_one_language_do_not_replace_each_other() {
    let bench = Bench::new();
    bench.take("video.mp4");
    bench.take("captions.srt");
    let both = ["upload", "video.mp4", "--subtitle", "en=captions.srt", "--subtitle", "en-GB:British=captions.srt"];
    let output = bench.run(&both);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("the second would replace the first"), "{}", stderr(&output));
    assert!(bench.server.finished().is_empty());
    let output = bench.run(&["upload", "video.mp4", "--subtitle", "en-GB:British=captions.srt", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("en-GB are EN"), "{}", stderr(&output));
    assert_eq!(files(&output)[0]["subtitles"][0]["wire_language"], "EN");
}

#[test]
fn a_server_whose_clock_is_wrong_gets_signatures_of_its_own_time() {
    for seconds in ["-600", "600"] {
        let bench = Bench::with(&["--fault", &format!("any=clock-skew,seconds={seconds}")]);
        bench.take("video.mp4");
        let output = bench.run(&["upload", "--api", "1.1", "video.mp4", "--format", "json"]);
        assert_eq!(code(&output), 0, "{seconds}: {}", stderr(&output));
        assert_eq!(bench.content(&files(&output)[0]["media_id"]), fs::read(sample("video.mp4")).unwrap());
    }
}

#[test]
fn what_was_refused_from_the_first_call_on_is_not_remembered() {
    let bench = Bench::with(&["--fault", "init=403"]);
    bench.take("photo.jpg");
    assert_eq!(code(&bench.run(&["upload", "photo.jpg"])), 1);
    let listed = bench.run(&["uploads", "list", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(listed["uploads"].as_array().unwrap().is_empty(), "{listed}");
}

#[test]
fn no_secret_is_written_anywhere() {
    let bench = Bench::new();
    bench.take("photo.jpg");
    let output = bench.run(&["upload", "photo.jpg"]);
    let mut texts = vec![stdout(&output), stderr(&output)];
    let mut folders = vec![bench.path().join("state"), bench.path().join("storage")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                texts.push(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned());
            }
        }
    }
    assert!(texts.iter().any(|text| text.contains("\"account\":\"12\"")), "the journal is among them");
    for (_, secret) in CREDENTIALS {
        assert!(texts.iter().all(|text| !text.contains(secret)), "{secret}");
    }
}

#[test]
fn a_receipt_stands_for_a_check() {
    let bench = Bench::new();
    bench.take("photo.jpg");
    bench.take("video-hevc.mp4");
    let output = bench.run(&["check", "--receipts", "receipts", "photo.jpg", "video-hevc.mp4"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(fs::read_dir(bench.path().join("receipts")).unwrap().count(), 1, "what fails gets none");
    let output = bench.run(&["upload", "--receipts", "receipts", "photo.jpg"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let output = bench.run(&["upload", "--receipts", "receipts", "video-hevc.mp4"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
}

#[test]
fn an_encrypted_connection_is_trusted_by_its_authority_only() {
    let bench = Bench::with(&["--tls"]);
    bench.take("photo.jpg");
    let (address, authority) = bench.server.tls.clone().unwrap();
    let endpoint = format!("https://{address}");
    let arguments = ["upload", "photo.jpg", "--endpoint", &endpoint, "--backoff", "0"];
    let output = bench.run(&arguments);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("--ca or SSL_CERT_FILE"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("go on with"), "{}", stderr(&output));
    let output = bench.run(&[&arguments[..], &["--ca", authority.to_str().unwrap()]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(bench.server.finished().len(), 1);
}
