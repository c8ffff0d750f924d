//! Films of GIFs: when they are made, and what they are.

use super::super::tests::report;
use super::super::{Damage, GifAs, Obstacle, plan};
use super::*;
use crate::rules::testing::{Scenario, known, seconds};
use crate::transcode::ffmpeg::{Files, commands};

/// A GIF of that size and number of frames, each shown for so many hundredths of a second.
fn gif(width: u32, height: u32, frames: u64, delay: u64) -> Scenario {
    let mut scenario = Scenario::gif();
    scenario.image().dimensions = known(Dimensions::new(width, height));
    let animation = scenario.animation();
    animation.frames = known(frames);
    animation.shown = known(seconds(frames * delay, 100));
    animation.last_shown = known(seconds(delay, 100));
    animation.loop_count = known(0);
    scenario
}

fn planned(scenario: &Scenario, gif_as: GifAs) -> Plan {
    let (report, profile) = report(scenario);
    plan(&report, &profile, &Options { gif_as, ..Options::default() })
}

fn film_in(plan: &Plan) -> GifFilm {
    match plan.actions().collect::<Vec<_>>()[..] {
        [Action::GifToFilm(film)] => *film,
        ref other => panic!("{other:?}, {:?}", plan.refused),
    }
}

fn line(scenario: &Scenario, plan: &Plan) -> String {
    let path = std::path::Path::new("x");
    let files = Files { input: path, output: path, pass_log: path };
    let words = commands(plan, &scenario.facts)[0].arguments(&files);
    words.iter().map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_gif_stays_one_where_little_is_lost_and_becomes_a_film_where_much_would_be() {
    for (width, height, frames, is_film) in [
        (320, 240, 351, false),
        (320, 240, 700, false),
        // 350 of 701 frames are fewer than half.
        (320, 240, 701, true),
        (1280, 720, 400, false),
        (2560, 1440, 10, false),
        // 1280x720 has fewer than a quarter of its pixels.
        (2564, 1444, 10, true),
    ] {
        let plan = planned(&gif(width, height, frames, 10), GifAs::LeastLoss);
        let made = plan.actions().any(|action| matches!(action, Action::GifToFilm(_)));
        assert_eq!(made, is_film, "{width}x{height} {frames}: {:?}", plan.steps);
        assert!(plan.refused.is_empty());
        let as_gif = planned(&gif(width, height, frames, 10), GifAs::Gif);
        assert!(as_gif.actions().all(|action| !action.needs_ffmpeg()) && as_gif.reach() == super::super::Reach::All);
    }
    let mut heavy = gif(320, 240, 10, 10);
    for (size, is_film) in [(60 << 20, false), ((60 << 20) + 1, true)] {
        heavy.facts.size = size;
        let plan = planned(&heavy, GifAs::LeastLoss);
        assert_eq!(plan.needs_ffmpeg(), is_film);
        assert_eq!(plan.steps[0].clears, ["file-too-large"]);
    }
}

#[test]
fn a_film_that_would_not_pass_is_no_way_out() {
    // 150 seconds of 1500 frames: a film may last 140.
    let plan = planned(&gif(320, 240, 1500, 10), GifAs::LeastLoss);
    assert!(matches!(plan.actions().next(), Some(Action::DropFrames { keep: 350, .. })));
    let asked = planned(&gif(320, 240, 1500, 10), GifAs::Film);
    assert_eq!(asked.refused[0].rule, "duration-too-long");
}

#[test]
fn it_is_made_on_demand_alone_where_nothing_is_wrong() {
    let scenario = gif(65, 49, 6, 30);
    assert!(planned(&scenario, GifAs::LeastLoss).steps.is_empty());
    let plan = planned(&scenario, GifAs::Film);
    let film = film_in(&plan);
    assert_eq!((plan.category, plan.extension), (Some(Category::TweetVideo), "mp4"));
    assert_eq!((plan.steps[0].damage, plan.steps[0].clears.len()), (Damage::Picture, 0));
    assert_eq!((film.picture, film.whole), (Dimensions::new(65, 49), Dimensions::new(66, 50)));
    assert_eq!((film.plays, film.duration), (1, seconds(9, 5)));
    let line = line(&scenario, &plan);
    assert!(
        line.contains("setsar=1,format=yuv444p,pad=66:50:0:0,fillborders=right=1:bottom=1:mode=smear,format=yuv420p"),
        "{line}"
    );
    assert!(line.contains("-enc_time_base 1/100") && line.contains("setts=duration=30"), "{line}");
    assert!(plan.notes.iter().any(|note| note.contains("tweet_video")));

    let mut message = gif(64, 48, 6, 30);
    message.category = Some(Category::DmGif);
    assert_eq!(planned(&message, GifAs::Film).category, Some(Category::DmVideo));
}

#[test]
fn a_short_one_is_played_until_it_is_long_enough() {
    for (frames, delay, plays) in [(5, 10, 1), (2, 10, 3), (3, 16, 2), (2, 24, 2), (2, 25, 1)] {
        let scenario = gif(64, 48, frames, delay);
        let plan = planned(&scenario, GifAs::Film);
        assert_eq!(film_in(&plan).plays, plays, "{frames} frames of {delay}");
        let repeats = format!("loop=loop={}:size={frames},", plays - 1);
        assert_eq!(line(&scenario, &plan).contains(&repeats), plays > 1);
    }
}

#[test]
fn its_size_is_one_that_a_film_may_have() {
    let size = |width, height| {
        let film = film_in(&planned(&gif(width, height, 10, 10), GifAs::Film));
        ((film.picture.width, film.picture.height), (film.whole.width, film.whole.height), film.is_bordered())
    };
    for (given, picture, whole, borders) in [
        ((640, 480), (640, 480), (640, 480), false),
        ((1920, 1080), (1280, 720), (1280, 720), false),
        ((1080, 1920), (720, 1280), (720, 1280), false),
        ((15, 15), (45, 45), (46, 46), false),
        ((16, 16), (32, 32), (32, 32), false),
        ((601, 101), (601, 101), (602, 202), true),
        ((1, 1), (32, 32), (32, 32), false),
    ] {
        assert_eq!(size(given.0, given.1), (picture, whole, borders), "{given:?}");
    }
}

#[test]
fn what_it_costs_is_said_and_not_done_where_no_loss_is_allowed() {
    let scenario = gif(64, 48, 6, 30);
    let (report, profile) = report(&scenario);
    let safe = plan(&report, &profile, &Options { gif_as: GifAs::Film, safe_only: true, ..Options::default() });
    assert!(matches!(&safe.refused[..], [Obstacle { rule, .. }] if rule == "gif-as"));
    let said = |scenario: &Scenario| planned(scenario, GifAs::Film).notes.join(" ");
    assert!(said(&scenario).contains("how often") && !said(&scenario).contains("transparent"));
    let mut other = gif(64, 48, 6, 30);
    other.animation().loop_count = Fact::Absent;
    other.animation().may_be_transparent = true;
    assert!(!said(&other).contains("how often") && said(&other).contains("transparent"));

    let mut cut = gif(64, 48, 6, 30);
    cut.anomaly(AnomalyKind::Truncated);
    assert_eq!(planned(&cut, GifAs::Film).refused[0].rule, "gif-as");
    let still = gif(64, 48, 1, 30);
    assert!(planned(&still, GifAs::Film).notes[0].contains("Only one frame"));
}
