//! The page as it is written: complete, inert, and bounded.

use super::*;
use crate::finding::{Baseline, CategoryVerdict};
use crate::report::{RunReport, Unreadable};
use crate::{Checker, Profile, Request};

const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{2028}\n\u{202e}gpj.exe";

struct Fixed;

impl Previewer for Fixed {
    fn previews(&mut self, wanted: &[Wanted]) -> Vec<Preview> {
        let picture = |wanted: &Wanted| Preview { picture: Some(format!("data:,{}", wanted.path)), facts: None };
        wanted.iter().map(picture).collect()
    }

    fn note(&self) -> Option<String> {
        Some("a note".to_owned())
    }
}

fn run() -> Run {
    Run {
        program_version: "0.1.0".to_owned(),
        pack: "<twitter>".to_owned(),
        mend: vec!["preflight".into(), "fix".into()],
    }
}

fn checked(name: &str, bytes: &[u8]) -> FileEntry {
    let checker = Checker::new(Profile::default());
    FileEntry::Report(Box::new(checker.check_bytes(bytes, &Request { name: Some(name), ..Request::default() })))
}

fn page(files: &[FileEntry], post: Option<PostReport>) -> String {
    let mut output = Vec::new();
    let mut html = Html::new(&mut output, Fixed);
    html.begin(&run()).unwrap();
    for entry in files {
        html.file(entry).unwrap();
    }
    if let Some(post) = &post {
        html.post(post).unwrap();
    }
    html.end(&RunReport::new(run(), files.to_vec(), post).summary).unwrap();
    String::from_utf8(output).unwrap()
}

/// The texts of the blocks of data with that attribute.
fn blocks<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let mut found = Vec::new();
    for (start, _) in page.match_indices(attribute) {
        let Some((_, rest)) = page[start..].split_once('>') else { continue };
        found.push(rest.split_once("</script>").unwrap().0.trim());
    }
    found
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_page_holds_every_file_and_the_sum() {
    let gif = include_bytes!("../../../samples/gif-without-trailer.gif");
    let gone = FileEntry::Unreadable(Unreadable { path: "gone.gif".to_owned(), error: "No such file".to_owned() });
    let page = page(&[checked("a.gif", gif), gone, checked("b.bmp", b"BM")], Some(PostReport::default()));
    let rows = json(blocks(&page, "class=\"rows\"")[0]);
    assert_eq!(rows[0]["p"], "a.gif");
    assert_eq!(rows[0]["n"][0][0], "gif-missing-trailer");
    assert_eq!((&rows[1]["v"], &rows[1]["t"]), (&json("\"unreadable\""), &json("\"No such file\"")));
    assert_eq!(rows[2]["v"], "fail");
    let details: Vec<_> = blocks(&page, "class=\"details\"")[0].lines().map(json).collect();
    assert_eq!(details.len(), 3);
    assert_eq!(details[0]["headline"][0][1], "GIF");
    assert!(details[0]["facts"].as_array().unwrap().len() > 8);
    assert_eq!(details[2]["faults"].as_array().unwrap().len(), rows[2]["n"].as_array().unwrap().len());
    let end = json(blocks(&page, "id=\"end\"")[0]);
    assert_eq!((&end["summary"]["files"], &end["summary"]["unreadable"]), (&json("3"), &json("1")));
    let rules: Vec<_> = end["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(rules, ["gif-missing-trailer", "unsupported-type"]);
    assert!(end["rules"][0]["text"].as_str().unwrap().contains("**How"));
    assert_eq!((&end["post"], &end["previews"]["note"]), (&json("[]"), &json("\"a note\"")));
    assert_eq!(json(blocks(&page, "id=\"previews\"")[0]), json("[[0,{\"picture\":\"data:,a.gif\"}]]"));
}

#[test]
fn what_the_baseline_knows_and_each_category_stand_in_the_page() {
    let FileEntry::Report(report) = checked("b.png", b"BM") else { panic!("it can be read") };
    let with = |states: &[Baseline]| {
        let mut report = report.clone();
        report.findings.truncate(1);
        let finding = report.findings[0].clone();
        report.findings =
            states.iter().map(|&state| crate::Finding { baseline: Some(state), ..finding.clone() }).collect();
        let (category, rules) = (crate::Category::TweetGif, vec!["unsupported-type".into()]);
        report.matrix = vec![CategoryVerdict { category, verdict: Verdict::Fail, rules }];
        FileEntry::Report(report)
    };
    let page = page(&[with(&[Baseline::Known, Baseline::New]), with(&[Baseline::Known]), with(&[])], None);
    let rows = json(blocks(&page, "class=\"rows\"")[0]);
    assert_eq!((&rows[0]["b"], &rows[1]["b"], &rows[2]["b"]), (&json("\"new\""), &json("\"known\""), &json("null")));
    let details = json(blocks(&page, "class=\"details\"")[0].lines().next().unwrap());
    assert_eq!(details["faults"][0]["baseline"], "known");
    assert_eq!(details["matrix"], json(r#"[["tweet_gif","fail",["unsupported-type"]]]"#));
}

#[test]
fn a_run_without_files_is_a_page_too() {
    let page = page(&[], None);
    assert!(blocks(&page, "class=\"rows\"").is_empty());
    assert!(json(blocks(&page, "id=\"end\"")[0])["post"].is_null());
    assert!(page.ends_with("</html>\n"));
}

#[test]
fn nothing_of_a_file_becomes_markup() {
    let unreadable = FileEntry::Unreadable(Unreadable { path: HOSTILE.to_owned(), error: HOSTILE.to_owned() });
    let empty = page(&[], None);
    let hostile = page(&[checked(HOSTILE, b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska"), unreadable], None);
    // Three blocks more: rows and details, each with a start and an end; no other tag.
    let tags = |page: &str| page.matches('<').count();
    assert_eq!(tags(&hostile), tags(&empty) + 4);
    // Twice as paths, once as an error, and once in the command that mends it: each inside a text.
    assert_eq!(hostile.matches("alert(1)").count(), 4);
    assert!(!hostile.contains("<img src=x") && !hostile.contains('\u{202e}'));
    let rows = json(blocks(&hostile, "class=\"rows\"")[0]);
    assert!(rows[0]["p"].as_str().unwrap().ends_with(r"\u{2028}\n\u{202e}gpj.exe"), "{}", rows[0]["p"]);
}

#[test]
fn the_frame_asks_no_network_for_anything_and_sets_texts_only() {
    let frame = page(&[], None);
    assert!(frame.contains("default-src 'none'"));
    let urls: Vec<&str> = frame.match_indices("http").map(|(at, _)| &frame[at..(at + 30).min(frame.len())]).collect();
    assert!(
        urls.iter().all(|url| url.starts_with("http://www.w3.org/2000/svg") || url.starts_with("http-equiv")),
        "{urls:?}"
    );
    for script in SCRIPTS {
        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "</script"]
        {
            assert!(!script.contains(sink), "{sink}");
        }
    }
    for place in [STYLE, DATA, SCRIPT] {
        assert_eq!(PAGE.matches(place).count(), 1, "{place}");
        assert!(!frame.contains(place), "{place}");
    }
}

#[test]
fn a_run_above_the_bound_says_what_is_not_listed() {
    let pass = checked("a.gif", include_bytes!("../../../samples/gif-animated.gif"));
    let fail = checked("b.bmp", b"BM");
    let mut html = Html::new(Vec::new(), NoPreviews);
    html.begin(&run()).unwrap();
    (0..MOST_FILES).for_each(|_| html.file(&pass).unwrap());
    html.file(&pass).unwrap();
    (0..=MOST_FILES).for_each(|_| html.file(&fail).unwrap());
    html.file(&pass).unwrap();
    html.end(&Summary::default()).unwrap();
    let page = String::from_utf8(html.output).unwrap();
    let rows: usize = blocks(&page, "class=\"rows\"").iter().map(|block| json(block).as_array().unwrap().len()).sum();
    let lines: usize = blocks(&page, "class=\"details\"").iter().map(|block| block.lines().count()).sum();
    assert_eq!((rows, lines), (2 * MOST_FILES, 2 * MOST_FILES));
    let end = json(blocks(&page, "id=\"end\"")[0]);
    assert_eq!(end["omitted"], json("{\"passed\":2,\"others\":1}"));
    assert_eq!(end["previews"]["asked"], MOST_PREVIEWS);
}

#[test]
fn the_bytes_of_a_timeline_are_those_of_the_samples() {
    let movie = include_bytes!("../../../samples/video-open-gop.mp4");
    let plain = Checker::new(Profile::default());
    let drawn = Checker::new(Profile::default()).timeline(true);
    let report = |checker: &Checker| checker.check_bytes(movie, &Request { name: Some("a.mp4"), ..Request::default() });
    let (without, with) = (report(&plain), report(&drawn));
    assert!(without.facts.video_track().unwrap().video.as_ref().unwrap().timeline.is_none());
    assert_eq!(serde_json::to_string(&without).unwrap(), serde_json::to_string(&with).unwrap());
    let track = with.facts.video_track().unwrap();
    let timeline = track.video.as_ref().unwrap().timeline.as_ref().unwrap();
    assert_eq!(timeline.bytes.iter().sum::<u64>(), *track.sample_bytes.value().unwrap());

    let page = page(&[FileEntry::Report(Box::new(with))], None);
    let chart = &json(blocks(&page, "class=\"details\"")[0])["chart"];
    assert!(chart["gops"].as_array().unwrap().iter().any(|gop| gop[1] == "o"), "{chart}");
    assert!(chart["counts"][2].as_u64().unwrap() > 0);
}
