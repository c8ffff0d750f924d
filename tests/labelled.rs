//! Holds the program to the labelled set: files made by `tests/labelled/make.py`, each with its true verdict and facts.
//!
//! `tests/labelled/run.sh` makes the files and runs this test; without the files it is skipped.

#![cfg(feature = "fs")]
#![expect(clippy::disallowed_methods, reason = "a test has the file system")]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use serde_json::Value;

use media_preflight::facts::{Facts, Scan, Track};
use media_preflight::input::FileSource;
use media_preflight::{Category, Checker, FileReport, Profile, Request, Severity};

#[test]
fn every_labelled_file_is_judged_as_its_label_says() -> Result<(), Box<dyn Error>> {
    let directory = std::env::var_os("LABELLED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labelled"), PathBuf::from);
    let labels = directory.join("labels.json");
    if !labels.exists() {
        println!("skipped: {} is not there; tests/labelled/run.sh makes it", labels.display());
        return Ok(());
    }
    let labels: Value = serde_json::from_str(&std::fs::read_to_string(labels)?)?;
    let labels = labels["files"].as_array().ok_or("labels.json lists no files")?;
    let checker = Checker::new(Profile::default());
    #[cfg(feature = "deep")]
    let deep = checker.clone().deep(true);
    let mut wrong = Vec::new();
    let mut facts = 0;
    for label in labels {
        let name = text(&label["path"]);
        let source = FileSource::open(&directory.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let category: Option<Category> = label["category"].as_str().map(str::parse).transpose()?;
        let request = Request { name: Some(name), category, ..Request::default() };
        let report = match label["pack"].as_str() {
            None => checker.check(&source, &request)?,
            Some(pack) => Checker::new(Profile::built_in(pack).ok_or_else(|| format!("no pack {pack}"))?)
                .check(&source, &request)?,
        };
        let expected = label["facts"].as_object().ok_or("facts are no object")?;
        facts += expected.len();
        let mut differences = verdict_differences(label, &report);
        let others: BTreeSet<&str> = report.accepted_by.iter().map(AsRef::as_ref).collect();
        if label["accepted_by"].is_array() && others != set(&label["accepted_by"]) {
            differences.push(format!("accepted by: expected {}, got {others:?}", label["accepted_by"]));
        }
        for (fact, expected) in expected {
            let actual = value(&report.facts, fact).ok_or_else(|| format!("{name}: no fact is called {fact}"))?;
            // A codec's name may go on to say which kind it is, such as `ProRes 422 Proxy`.
            let named = fact.ends_with("codec") && actual.to_lowercase().starts_with(&plain(expected).to_lowercase());
            if actual != plain(expected) && !named {
                differences.push(format!("{fact}: expected {}, got {actual}", plain(expected)));
            }
        }
        #[cfg(feature = "deep")]
        if label["deep"].is_array() {
            let report = deep.check(&source, &request)?;
            let errors: BTreeSet<&str> = errors(&report);
            let undecided: Vec<_> = report.undecided.iter().map(|undecided| undecided.rule.as_ref()).collect();
            if errors != set(&label["deep"]) || !undecided.is_empty() {
                differences.push(format!("deep: expected {}, got {errors:?}, undecided {undecided:?}", label["deep"]));
            }
        }
        if !differences.is_empty() {
            wrong.push(format!("{name:<50} {}", differences.join("; ")));
        }
    }
    for line in &wrong {
        println!("{line}");
    }
    println!("{} of {} files as labelled, {facts} facts compared", labels.len() - wrong.len(), labels.len());
    assert!(wrong.is_empty(), "{} of {} files are not judged as labelled", wrong.len(), labels.len());
    Ok(())
}

#[cfg(feature = "deep")]
fn errors(report: &FileReport) -> BTreeSet<&str> {
    let findings = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    findings.map(|finding| finding.rule.as_ref()).collect()
}

/// What the report says other than the label: verdict, rules at each severity, rules left undecided.
fn verdict_differences(label: &Value, report: &FileReport) -> Vec<String> {
    let open = set(&label["may"]);
    let found = |severity| -> BTreeSet<&str> {
        let findings = report.findings.iter().filter(|finding| finding.severity == severity);
        findings.map(|finding| finding.rule.as_ref()).collect()
    };
    let mut differences = Vec::new();
    let (expected, actual) = (text(&label["verdict"]), report.verdict.as_str());
    if expected != actual {
        differences.push(format!("verdict: expected {expected}, got {actual}"));
    }
    let mut compare = |what: &str, expected: &BTreeSet<&str>, actual: &BTreeSet<&str>| {
        let missing: Vec<_> = expected.difference(actual).filter(|rule| !open.contains(*rule)).copied().collect();
        let surplus: Vec<_> = actual.difference(expected).filter(|rule| !open.contains(*rule)).copied().collect();
        if !missing.is_empty() {
            differences.push(format!("missing {what}: {}", missing.join(", ")));
        }
        if !surplus.is_empty() {
            differences.push(format!("surplus {what}: {}", surplus.join(", ")));
        }
    };
    compare("errors", &set(&label["errors"]), &found(Severity::Error));
    // A recommendation is open in general and yet demanded where the label names it.
    let warnings = found(Severity::Warning);
    compare("warnings", &set(&label["warnings"]), &warnings);
    if label["undecided"].is_array() {
        let undecided = report.undecided.iter().map(|undecided| undecided.rule.as_ref()).collect();
        compare("undecided", &set(&label["undecided"]), &undecided);
    }
    let demanded = set(&label["warnings"]);
    let missing: Vec<_> =
        demanded.iter().filter(|rule| open.contains(*rule) && !warnings.contains(*rule)).copied().collect();
    if !missing.is_empty() {
        differences.push(format!("missing warnings: {}", missing.join(", ")));
    }
    differences
}

/// The fact that labels call by that name, as text; `None` where no fact has the name.
fn value(facts: &Facts, name: &str) -> Option<String> {
    let unknown = || "unknown".to_owned();
    let known = |text: Option<String>| Some(text.unwrap_or_else(unknown));
    macro_rules! fact {
        ($structure:expr, $field:ident) => {
            known($structure.and_then(|structure| structure.$field.value()).map(ToString::to_string))
        };
    }
    let movie = facts.movie.as_ref();
    let track = facts.video_track();
    let video = track.and_then(|track| track.video.as_ref());
    let audio_track: Option<&Track> = movie.and_then(|movie| movie.audio_tracks().next());
    let audio = audio_track.and_then(|track| track.audio.as_ref());
    let rate = video.and_then(|video| video.frame_rate.value());
    let rotation = video.and_then(|video| video.rotation.value());
    let open_gops = video.and_then(|video| video.open_gops.value());
    let scan = video.and_then(|video| video.scan.value());
    let extension =
        |extension: Option<&_>| known(extension.and_then(|e| serde_json::to_value(e).ok()).map(|e| plain(&e)));
    match name {
        "size" => Some(facts.size.to_string()),
        "media_type" => known(facts.format.media_type().map(|media_type| media_type.to_string())),
        "dimensions" if video.is_none() => fact!(facts.image.as_ref(), dimensions),
        "orientation" => {
            known(facts.image.as_ref()?.orientation.value().map(|orientation| orientation.value().to_string()))
        }
        "animation_frames" => fact!(facts.animation.as_ref(), frames),
        "cues" => fact!(facts.captions.as_ref(), cues),
        "duration" => {
            known(movie.and_then(|movie| movie.duration.value()).map(|duration| duration.seconds().to_string()))
        }
        "fragmented" => fact!(movie, fragmented),
        "fragments" => known(movie.map(|movie| movie.fragments.to_string())),
        "moov_at_end" => fact!(movie, moov_at_end),
        "tracks" => known(movie.map(|movie| movie.tracks.len().to_string())),
        "codec" => known(track.and_then(|track| track.codec.value()).map(|codec| codec.name.to_string())),
        "dimensions" => fact!(video, dimensions),
        "displayed" => fact!(video, displayed),
        "rotation" => known(rotation.map(|rotation| rotation.degrees.to_string())),
        "mirrored" => known(rotation.map(|rotation| rotation.mirrored.to_string())),
        "profile" => fact!(video, profile),
        "chroma" => fact!(video, chroma_format),
        "bit_depth" => fact!(video, bit_depth_luma),
        "pixel_aspect" => known(video.and_then(|video| video.pixel_aspect().value()).map(ToString::to_string)),
        "frame_rate" => known(rate.map(|rate| rate.average.to_string())),
        "frames" => known(rate.map(|rate| rate.frames.to_string())),
        "uniform" => known(rate.map(|rate| rate.uniform.to_string())),
        "open_gops" => known(open_gops.map(|open_gops| open_gops.count.to_string())),
        "open_gop_frame" => {
            known(open_gops.and_then(|open_gops| open_gops.first.as_ref()).map(|place| place.frame.to_string()))
        }
        "longest_gop" => {
            known(video.and_then(|video| video.longest_gop.value()).map(|longest| longest.frames.to_string()))
        }
        "scan" => known(scan.map(|scan| match scan {
            Scan::Progressive => "progressive".to_owned(),
            Scan::ProgressiveFrames { .. } => "progressive-frames".to_owned(),
            Scan::Interlaced { .. } => "interlaced".to_owned(),
        })),
        "interlaced_frames" => known(match scan {
            Some(Scan::Interlaced { frames, .. }) => Some(frames.to_string()),
            _ => None,
        }),
        "audio_codec" => known(audio_track.and_then(|track| track.codec.value()).map(|codec| codec.name.to_string())),
        "object_type_indication" => fact!(audio, object_type_indication),
        "object_type" => fact!(audio, object_type),
        "sbr" => extension(audio.and_then(|audio| audio.sbr.value())),
        "ps" => extension(audio.and_then(|audio| audio.ps.value())),
        "channels" => fact!(audio, channels),
        "entry_channels" => fact!(audio, entry_channels),
        "sample_rate" => fact!(audio, sample_rate),
        _ => None,
    }
}

/// A JSON value without the quotes of a text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn set(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
