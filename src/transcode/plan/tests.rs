//! Plans for the failing cases of every rule: each step is needed, and what stays is said.

use super::weigh::Weighing;
use super::*;
use crate::check::Checker;
use crate::facts::{Colour, Fact, FourCc};
use crate::rules;
use crate::rules::testing::{Scenario, known, seconds};
use crate::units::{Bytes, Dimensions};

pub(super) fn report(scenario: &Scenario) -> (FileReport, Profile) {
    let profile = Profile::built_in(scenario.pack).unwrap();
    let report = scenario.with_request(|request| Checker::new(profile.clone()).judge(scenario.facts.clone(), request));
    (report, profile)
}

fn planned(scenario: &Scenario, options: &Options) -> Plan {
    let (report, profile) = report(scenario);
    plan(&report, &profile, options)
}

fn words(plan: &Plan) -> Vec<String> {
    plan.actions().map(ToString::to_string).collect()
}

/// The scenarios of all failing cases of all rules, with the rule that they break.
pub(super) fn failing() -> Vec<(&'static str, Scenario)> {
    let mut scenarios = Vec::new();
    for rule in rules::all() {
        for (change, _, _) in rule.cases.fail {
            let mut scenario = (rule.cases.sample)();
            change(&mut scenario);
            scenarios.push((rule.id, scenario));
        }
    }
    assert!(scenarios.len() > 100);
    scenarios
}

const EVERY_OPTION: [Options; 3] = [
    Options {
        safe_only: false,
        warnings: false,
        gif_as: GifAs::LeastLoss,
        trim: None,
        most_bytes: None,
        encode: false,
    },
    Options { safe_only: false, warnings: true, gif_as: GifAs::LeastLoss, trim: None, most_bytes: None, encode: false },
    Options { safe_only: true, warnings: true, gif_as: GifAs::LeastLoss, trim: None, most_bytes: None, encode: false },
];

#[test]
fn without_any_one_step_a_finding_is_left() {
    for (rule, scenario) in failing() {
        for options in EVERY_OPTION {
            let (report, profile) = report(&scenario);
            let plan = plan(&report, &profile, &options);
            let weighing = Weighing::new(&report, &profile, &options);
            for step in &plan.steps {
                let rest: Vec<&Action> = plan.actions().filter(|action| **action != step.action).collect();
                let findings = weighing.findings_after(&rest);
                for cleared in &step.clears {
                    let needed = findings.contains(cleared)
                        || plan.steps.iter().filter(|s| s.clears.contains(cleared)).count() == 1;
                    assert!(needed, "{rule}: {cleared} is gone without {}", step.action);
                }
                assert!(
                    step.clears.iter().any(|cleared| findings.contains(cleared)),
                    "{rule}: nothing is left without {}, of {:?}",
                    step.action,
                    words(&plan)
                );
            }
        }
    }
}

#[test]
fn every_error_is_cleared_or_said_to_stay() {
    for (rule, scenario) in failing() {
        for options in EVERY_OPTION {
            let (report, profile) = report(&scenario);
            let plan = plan(&report, &profile, &options);
            for finding in report.findings.iter().filter(|finding| finding.severity == Severity::Error) {
                let cleared = plan.steps.iter().any(|step| step.clears.contains(&finding.rule));
                let refused = plan.refused.iter().any(|obstacle| obstacle.rule == finding.rule);
                assert!(cleared || refused, "{rule}: nothing is said of {}: {plan:#?}", finding.rule);
            }
            if options.safe_only {
                assert!(plan.is_safe(), "{rule}: {:?}", words(&plan));
            }
        }
    }
}

#[test]
fn what_passes_is_left_alone() {
    for scenario in [Scenario::movie(), Scenario::jpeg(), Scenario::gif(), Scenario::srt()] {
        let plan = planned(&scenario, &Options::default());
        assert_eq!((plan.reach(), plan.steps.len(), plan.left.len()), (Reach::Nothing, 0, 0));
    }
}

#[test]
fn a_quicktime_film_is_put_into_mp4_where_a_pack_takes_only_that() {
    let mut scenario = Scenario { pack: "bluesky", ..Scenario::movie() };
    scenario.facts.format = Format::QuickTime;
    let plan = planned(&scenario, &Options::default());
    assert_eq!(words(&plan), ["copy its streams into an MP4, and look at that"]);
    scenario.pack = "twitter";
    assert!(planned(&scenario, &Options::default()).steps.is_empty());
}

#[test]
fn the_container_alone_is_written_anew_where_that_is_enough() {
    let mut scenario = Scenario::movie();
    scenario.movie_facts().fragmented = known(true);
    assert_eq!(words(&planned(&scenario, &Options::default())), ["write the container anew, with all streams copied"]);

    // Encoding the sound writes the container anew as well.
    scenario.audio_codec(*b"Opus", "Opus");
    let plan = planned(&scenario, &Options::default());
    assert_eq!(words(&plan), ["encode the sound of track 1 as AAC LC, stereo, 48000 Hz, 160 kbps"]);
    assert_eq!(plan.steps[0].clears, ["audio-codec", "fragmented"]);
}

#[test]
fn only_the_track_that_is_wrong_is_encoded() {
    let mut scenario = Scenario::movie();
    let mut second = rules::testing::audio_track(2);
    second.codec = known(crate::facts::Codec { fourcc: FourCc(*b"ac-3"), name: "AC-3".into(), encrypted: false });
    scenario.movie_facts().tracks.push(second);
    let plan = planned(&scenario, &Options::default());
    assert!(
        matches!(plan.steps[..], [Step { action: Action::EncodeSound { track: 2, .. }, .. }]),
        "{:?}",
        words(&plan)
    );
}

#[test]
fn several_faults_of_the_picture_need_one_encoding() {
    let mut scenario = Scenario::movie();
    scenario.codec(*b"hvc1", "HEVC");
    scenario.size(3840, 2160);
    scenario.rate(120, 1);
    scenario.video().pixel_aspect_box = Fact::Absent;
    let plan = planned(&scenario, &Options::default());
    let actions = words(&plan);
    assert_eq!(actions.len(), 3, "{actions:?}");
    assert!(actions[0].starts_with("encode the video as H.264 High, closed GOPs of at most 120 frames"));
    assert_eq!(actions[1..], ["show 60 frames/s", "scale the picture to 1280x720, square pixels"]);
    assert_eq!(plan.reach(), Reach::All);
}

#[test]
fn a_film_that_is_too_long_is_never_cut_without_being_asked() {
    let mut scenario = Scenario::movie();
    scenario.length(seconds(600, 1));
    let plan = planned(&scenario, &Options::default());
    assert_eq!((plan.reach(), plan.refused[0].rule.as_ref()), (Reach::None, "duration-too-long"));
    assert!(plan.refused[0].why.contains("--trim"));

    let asked = Options { trim: Some("0:30-2:00".parse().unwrap()), ..Options::default() };
    let plan = planned(&scenario, &asked);
    assert_eq!(plan.reach(), Reach::All, "{plan:#?}");
    assert_eq!(words(&plan)[0], "keep the part from 30 s to 120 s");

    let (report, profile) = report(&scenario);
    let parts = split(&report, &profile).unwrap();
    assert_eq!(parts.len(), 5);
    assert_eq!((parts[0].start, parts[4].end), (crate::units::Duration::ZERO, seconds(600, 1)));
    assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
}

#[test]
fn a_warning_is_not_worth_a_loss_unless_it_is_asked_for() {
    let mut scenario = Scenario::movie();
    scenario.video().profile = known("Main".into());
    let plan = planned(&scenario, &Options::default());
    assert_eq!((plan.reach(), plan.left[0].rule.as_ref()), (Reach::Nothing, "video-profile"));
    let plan = planned(&scenario, &Options { warnings: true, ..Options::default() });
    assert_eq!((plan.reach(), plan.left.len()), (Reach::All, 0));
}

#[test]
fn high_dynamic_range_is_mapped_and_said() {
    let mut scenario = Scenario::movie();
    scenario.codec(*b"hvc1", "HEVC");
    scenario.video().colour = known(Colour { primaries: 9, transfer: 16, matrix: 9, full_range: false });
    let plan = planned(&scenario, &Options::default());
    assert!(matches!(plan.steps[0].action, Action::EncodeVideo(Encode { tone_map: true, .. })));
    assert!(plan.notes.iter().any(|note| note.contains("high dynamic range")));
}

#[test]
fn a_file_that_is_too_large_is_encoded_to_fit() {
    let mut scenario = Scenario::movie();
    scenario.length(seconds(140, 1));
    scenario.facts.size = 600 << 20;
    scenario.track().sample_bytes = known(590 << 20);
    scenario.track().bit_rate = known(crate::units::BitRate(35_000_000));
    scenario.track().samples = known(4200);
    let plan = planned(&scenario, &Options::default());
    let estimate = plan.estimate.unwrap();
    assert!(estimate.bytes <= 512 * Bytes::MIB, "{estimate:?}");
    assert_eq!(estimate.cap, Some(512 << 20));
    assert_eq!(plan.steps[0].clears, ["file-too-large"]);

    let tight = Options { most_bytes: Some(20 << 20), ..Options::default() };
    let plan = planned(&scenario, &tight);
    assert!(matches!(plan.steps[0].action, Action::EncodeVideo(Encode { rate: RateControl::Size { .. }, .. })));
    assert!(plan.estimate.unwrap().bytes <= 20 << 20);
}

#[test]
fn a_file_that_would_grow_too_large_is_encoded_to_fit() {
    let mut scenario = Scenario::movie();
    scenario.audio_codec(*b".mp3", "MP3");
    scenario.facts.size = 99 << 20;
    scenario.track().sample_bytes = known(98 << 20);
    scenario.audio_track().sample_bytes = known(Bytes::MIB);
    scenario.audio_track().samples = known(400);
    let tight = Options { most_bytes: Some(50 << 20), ..Options::default() };
    let plan = planned(&scenario, &tight);
    assert_eq!(plan.reach(), Reach::All, "{:?}", plan.refused);

    scenario.pack = "mastodon";
    scenario.category = None;
    scenario.anomaly(crate::facts::AnomalyKind::Malformed);
    let plan = planned(&scenario, &Options::default());
    let estimate = plan.estimate.unwrap();
    assert!(estimate.cap.is_some_and(|cap| estimate.bytes <= cap), "{estimate:?} {:?}", words(&plan));
}

#[test]
fn an_encrypted_film_stays_closed() {
    let mut scenario = Scenario::movie();
    scenario.track().codec =
        known(crate::facts::Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: true });
    let plan = planned(&scenario, &Options::default());
    assert_eq!(plan.reach(), Reach::None);
    assert!(plan.refused[0].why.contains("encrypted"));
}

#[test]
fn rules_that_stay_undecided_are_named_with_what_decides_them() {
    let mut scenario = Scenario::movie();
    scenario.video().scan = Fact::unknown("field macroblocks sit in slice data");
    scenario.video().frame_mbs_only = known(false);
    let plan = planned(&scenario, &Options::default());
    assert_eq!((plan.reach(), plan.undecided[0].rule.as_ref()), (Reach::None, "interlaced"));
    assert!(plan.undecided[0].decided_by.contains("idet"));
}

#[test]
fn the_size_is_that_of_the_picture_as_it_is_stored() {
    let mut scenario = Scenario::movie();
    scenario.turned(1920, 1080);
    let plan = planned(&scenario, &Options::default());
    assert!(
        plan.actions().any(|action| *action == Action::Scale { to: Dimensions::new(1280, 720) }),
        "{:?}",
        words(&plan)
    );
}

#[test]
fn an_animation_is_never_made_a_still_without_saying_so() {
    let mut scenario = Scenario::jpeg();
    scenario.facts.format = crate::facts::Format::WebP;
    scenario.facts.size = 20 << 20;
    scenario.facts.animation =
        Some(crate::facts::Animation { frames: known(30), ..crate::facts::Animation::default() }.into());
    let plan = planned(&scenario, &Options::default());
    assert_eq!(plan.steps[0].action, Action::FirstPicture, "{:?}", words(&plan));
    assert_eq!(plan.steps[0].damage, Damage::Time);
    assert!(matches!(plan.steps[1].action, Action::FitImage { .. }));
    assert!(plan.notes.iter().any(|note| note.contains("Only the first picture")));
    let safe = planned(&scenario, &Options { safe_only: true, ..Options::default() });
    assert_eq!(safe.reach(), Reach::None);
}

#[test]
fn tracks_that_are_not_enabled_are_kept_and_what_is_not_kept_is_said() {
    let mut scenario = Scenario::movie();
    scenario.movie_facts().fragmented = known(true);
    let mut other = rules::testing::audio_track(2);
    other.enabled = known(false);
    scenario.movie_facts().tracks.push(other);
    let plan = planned(&scenario, &Options::default());
    assert_eq!(words(&plan), ["write the container anew, with all streams copied"]);
    assert_eq!((plan.is_safe(), plan.notes.len()), (true, 0));
    let (report, _) = report(&scenario);
    let line = format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &report.facts));
    assert!(line.contains("0:0") && line.contains("0:1") && line.contains("0:2"), "{line}");

    // A warning alone is not worth the loss of a track.
    scenario.movie_facts().tracks.push(crate::facts::Track::new(3, crate::facts::TrackKind::Subtitle));
    let plan = planned(&scenario, &Options::default());
    assert_eq!((plan.steps.len(), plan.left[0].rule.as_ref()), (0, "fragmented"));
    let plan = planned(&scenario, &Options { warnings: true, ..Options::default() });
    assert_eq!(words(&plan), ["write the container anew, with picture and sound copied"]);
    assert!(!plan.is_safe() && plan.notes[0].contains("no track 3"), "{:?}", plan.notes);
}

#[test]
fn a_fragmented_film_whose_edit_list_cuts_keeps_the_cut() {
    let mut scenario = Scenario::movie();
    scenario.movie_facts().fragmented = known(true);
    scenario.track().edits = known(1);
    scenario.track().media_duration = known(seconds(101, 10));
    scenario.track().duration = known(seconds(10, 1));
    let command = |scenario: &Scenario| {
        let plan = planned(scenario, &Options::default());
        format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &scenario.facts))
    };
    assert_eq!(words(&planned(&scenario, &Options::default())), ["write the container anew, with all streams copied"]);
    let copied = command(&scenario);
    assert!(copied.contains("\"-copyts\"), Word(\"-i\")") && copied.contains("Word(\"-t\"), Word(\"10\")"), "{copied}");
    assert!(!copied.contains("trim="), "what is copied stays hidden: {copied}");
    let trimmed = Options { trim: Some("0:5".parse().unwrap()), ..Options::default() };
    assert_eq!(planned(&scenario, &trimmed).reach(), Reach::None);

    scenario.audio_codec(*b"Opus", "Opus");
    scenario.video().chroma_format = known(crate::facts::ChromaFormat::Yuv422);
    let encoded = command(&scenario);
    assert!(encoded.contains("\"trim=start=0,format=") && encoded.contains("\"atrim=start=0\""), "{encoded}");

    // What stands in several places is not put together in fragments.
    scenario.track().edits = known(2);
    let plan = planned(&scenario, &Options::default());
    assert_eq!((plan.reach(), plan.refused.len()), (Reach::None, 2));
    assert!(plan.refused[0].why.contains("several parts"), "{}", plan.refused[0].why);
    scenario.video().chroma_format = known(crate::facts::ChromaFormat::Yuv420);

    // The priming of AAC is left out of every film.
    scenario.track().media_duration = known(seconds(10, 1));
    scenario.audio_track().edits = known(1);
    scenario.audio_track().media_duration = known(seconds(10_046, 1000));
    scenario.audio_track().duration = known(seconds(10, 1));
    assert_eq!(planned(&scenario, &Options::default()).reach(), Reach::All);
}

#[test]
fn a_film_that_is_too_long_by_its_priming_is_mended_without_a_cut() {
    let primed = |samples: u64| {
        let mut scenario = Scenario::movie();
        scenario.length(seconds(140, 1));
        scenario.audio_track().edits = Fact::Absent;
        scenario.audio_track().duration = known(seconds(samples, 48_000));
        scenario.movie_facts().duration = known(seconds(samples, 48_000));
        scenario.movie_facts().duration_track = Some(1);
        scenario
    };
    let whole = 140 * 48_000;
    let mut scenario_of_contract = primed(whole + 1024);
    let (report, profile) = report(&scenario_of_contract);
    let mended = plan(&report, &profile, &Options::default());
    assert_eq!(words(&mended), ["take the 21.3 ms of priming off the sound of track 1, by an edit list"]);
    assert_eq!((mended.reach(), mended.is_safe()), (Reach::All, true));
    assert_eq!(mended.steps[0].clears, ["duration-too-long"]);
    let line = format!("{:?}", crate::transcode::ffmpeg::commands(&mended, &report.facts));
    assert!(line.contains("Input, Word(\"-itsoffset\"), Word(\"-0.021333\"), Word(\"-i\"), Input"), "{line}");
    assert!(line.contains("Word(\"0:0\"), Word(\"-map\"), Word(\"1:1\")"), "{line}");

    // More than that is sound of the film, and so is what an edit list took the priming off before.
    assert_eq!(planned(&primed(whole + 1025), &Options::default()).reach(), Reach::None);
    scenario_of_contract.audio_track().edits = known(1);
    assert_eq!(planned(&scenario_of_contract, &Options::default()).reach(), Reach::None);
}

#[test]
fn a_part_ends_where_it_should_whenever_its_first_picture_and_sound_come() {
    let mut scenario = Scenario::movie();
    scenario.video().chroma_format = known(crate::facts::ChromaFormat::Yuv422);
    scenario.audio_codec(*b"Opus", "Opus");
    scenario.audio_track().first_gap = Some(seconds(3, 2));
    let command = |part: Option<&str>| {
        let options = Options { trim: part.map(|part| part.parse().unwrap()), ..Options::default() };
        let plan = planned(&scenario, &options);
        format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &scenario.facts))
    };
    let whole = command(None);
    assert!(!whole.contains("trim=") && whole.contains(r"asetpts=if(eq(N\\,0)\\,PTS+1.5/TB\\,PTS)"), "{whole}");
    let from_start = command(Some("0:5"));
    assert!(from_start.contains("\"trim=end=5,") && from_start.contains("PTS),atrim=end=5\""), "{from_start}");
    let from_inside = command(Some("2:5"));
    assert!(from_inside.contains("\"trim=end=3,") && from_inside.contains("\"atrim=end=3\""), "{from_inside}");
}

#[test]
fn containers_without_times_of_pictures_are_not_copied() {
    use crate::facts::Format;
    for (format, encoded) in [(Format::Avi, true), (Format::AnnexB, true), (Format::Matroska, false)] {
        let mut scenario = Scenario::movie();
        scenario.facts = crate::facts::Facts::new(1000, format);
        let plan = planned(&scenario, &Options::default());
        assert_eq!(plan.steps[0].action, Action::Rewrap { encoded });
        assert_eq!(plan.is_safe(), !encoded);
        let line = format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &scenario.facts));
        assert_eq!(line.contains("libx264"), encoded, "{line}");
    }
}

#[test]
fn two_fields_a_frame_by_the_container_are_deinterlaced_whatever_the_codec() {
    use crate::facts::FirstField;
    let mut scenario = Scenario::movie();
    scenario.codec(*b"v210", "v210");
    scenario.video().scan = Fact::unknown("its pictures are not looked at");
    scenario.video().field_count_box = known(2);
    for (first, parity) in
        [(Some(FirstField::Top), ":parity=tff"), (Some(FirstField::Bottom), ":parity=bff"), (None, "")]
    {
        scenario.video().first_field = first;
        let plan = planned(&scenario, &Options::default());
        assert!(words(&plan)[0].contains("every frame deinterlaced"), "{:?}", words(&plan));
        let line = format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &scenario.facts));
        assert!(line.contains(&format!("bwdif=mode=send_frame{parity}:deint=all,")), "{line}");
    }
    scenario.video().field_count_box = known(1);
    let plan = planned(&scenario, &Options::default());
    let line = format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &scenario.facts));
    assert!(!line.contains("bwdif"), "{line}");
}

#[test]
fn a_short_film_is_held_only_as_long_as_it_must_be() {
    use crate::units::Duration;
    let held = |frames: u64, early: Option<Duration>, length: Duration| {
        let mut scenario = Scenario::movie();
        scenario.rate(10, 1);
        scenario.length(length);
        scenario.track().samples = known(frames);
        scenario.track().last_is_early = early;
        let plan = planned(&scenario, &Options::default());
        let Action::HoldLast { length, .. } = plan.steps[0].action else { panic!("{:?}", words(&plan)) };
        length
    };
    let tenths = |number| seconds(number, 10);
    assert_eq!(held(1, None, tenths(1)), tenths(5), "one picture lasts as long as the limit asks");
    assert_eq!(held(1, Some(Duration::ZERO), seconds(1, 30)), tenths(5));
    assert_eq!(held(4, Some(Duration::ZERO), tenths(4)), tenths(2));
    assert_eq!(held(4, Some(tenths(2)), tenths(4)), tenths(4), "it is shown two pictures before the last one");
    assert_eq!(held(2, None, tenths(2)), tenths(5), "no more pictures than there are can come after it");
}

#[test]
fn colours_without_tags_stay_what_players_take_them_for() {
    let line = |scenario: &Scenario| {
        let plan = planned(scenario, &Options { warnings: true, ..Options::default() });
        let commands = crate::transcode::ffmpeg::commands(&plan, &scenario.facts);
        let path = std::path::Path::new("x");
        let files = crate::transcode::ffmpeg::Files { input: path, output: path, pass_log: path };
        let words = commands[0].arguments(&files);
        words.iter().map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let mut scenario = Scenario::movie();
    scenario.codec(*b"png ", "PNG");
    scenario.video().chroma_format = Fact::unknown("its pictures are not looked at");
    let rgb = line(&scenario);
    assert!(rgb.contains("scale=iw:ih:out_color_matrix=bt709:out_range=tv"), "{rgb}");
    assert!(rgb.contains("-colorspace bt709 -color_range tv"), "{rgb}");

    let mut scenario = Scenario::movie();
    scenario.size(2000, 1000);
    let lowered = line(&scenario);
    assert!(lowered.contains("scale=1280:640") && lowered.contains("-colorspace bt709"), "{lowered}");
    let colour = Colour { primaries: 2, transfer: 2, matrix: 2, full_range: true };
    scenario.video().colour = known(colour);
    let ranged = line(&scenario);
    assert!(ranged.contains("-colorspace bt709 -color_range pc"), "a range alone tells no colours: {ranged}");
    scenario.video().colour = Fact::Absent;
    scenario.size(1920, 1080);
    let high = line(&scenario);
    assert!(high.contains("scale=1280:720") && !high.contains("-colorspace"), "{high}");
}

#[test]
fn high_dynamic_range_that_cannot_be_ruled_out_is_said() {
    let mut scenario = Scenario::movie();
    scenario.codec(*b"hvc1", "HEVC");
    scenario.video().colour = Fact::unknown("the sequence header is not read");
    let is_said = |scenario: &Scenario| {
        let plan = planned(scenario, &Options::default());
        plan.notes.iter().any(|note| note.contains("could not be ruled out"))
    };
    assert!(!is_said(&scenario), "8 bits are too few for it");
    scenario.video().bit_depth_luma = known(10);
    assert!(is_said(&scenario));
    scenario.video().colour = known(Colour { primaries: 1, transfer: 1, matrix: 1, full_range: false });
    assert!(!is_said(&scenario));
}

#[test]
fn what_png_may_not_hold_is_no_safe_step() {
    use crate::facts::{Facts, Format};
    for (format, exact, by_ffmpeg) in [
        (Format::Bmp, true, false),
        (Format::Tiff, false, false),
        (Format::Avif, false, true),
        (Format::Heic, false, true),
    ] {
        let mut scenario = Scenario::jpeg();
        scenario.facts = Facts::new(1000, format);
        let plan = planned(&scenario, &Options::default());
        assert_eq!((&plan.steps[0].action, plan.is_safe()), (&Action::ToPng { exact, by_ffmpeg }, exact));
        assert_eq!(plan.notes.is_empty(), exact, "{:?}", plan.notes);
        let safe = planned(&scenario, &Options { safe_only: true, ..Options::default() });
        assert_eq!(safe.steps.len(), usize::from(exact));
    }
}

#[test]
fn the_metadata_of_a_film_are_kept() {
    use crate::facts::Format;
    for (format, flags) in [(Format::Mp4, "\"+faststart\""), (Format::QuickTime, "\"+faststart+use_metadata_tags\"")] {
        let mut scenario = Scenario::movie();
        scenario.facts.format = format;
        scenario.movie_facts().fragmented = known(true);
        scenario.audio_codec(*b"Opus", "Opus");
        let plan = planned(&scenario, &Options::default());
        let line = format!("{:?}", crate::transcode::ffmpeg::commands(&plan, &scenario.facts));
        assert!(line.contains("-map_metadata") && line.contains(flags), "{line}");
    }
}
