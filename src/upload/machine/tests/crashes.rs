//! Every crash point: the program is killed in front of and behind every record, and run again.

use super::server::{Crash, End, Fault, Script, Server, World, gif, video};
use crate::upload::Plan;

fn crash(plan: &Plan, polls: Option<u32>, crash: Crash, lands: bool) -> World {
    let mut world = World::new(plan.clone(), Server::new(polls));
    let end = world.run_with(Script { fault: &mut |_, _| Fault::None, crash, lands, order: &mut || 1 });
    assert_eq!(end, End::Crashed);
    world
}

/// The number of records of a run without faults.
fn records(plan: &Plan, polls: Option<u32>) -> usize {
    let mut world = World::new(plan.clone(), Server::new(polls));
    let end = world.run();
    world.assert_whole(&end);
    world.written
}

#[test]
fn after_a_kill_at_any_record_the_same_command_ends_with_one_upload() {
    for (plan, polls) in [(gif(), Some(2)), (gif(), None), (video(), Some(1))] {
        for at in 0..records(&plan, polls) {
            for (when, lands) in [
                (Crash::Before(at), false),
                (Crash::Before(at), true),
                (Crash::After(at), false),
                (Crash::After(at), true),
            ] {
                let mut world = crash(&plan, polls, when, lands);
                let end = world.run();
                world.assert_whole(&end);
                // An answer to INIT that was not written down may leave one unfinished id, and nothing else does.
                let unfinished = world.server.uploads.len() - 1;
                assert_eq!(unfinished, usize::from(when == Crash::Before(0)), "{when:?}");
            }
        }
    }
}

#[test]
fn kills_at_any_two_records_are_survived() {
    let plan = gif();
    let all = records(&plan, Some(1));
    for first in 0..all {
        for second in 0..all {
            let mut world = crash(&plan, Some(1), Crash::After(first), true);
            let crash = Crash::Before(first + second);
            let end = world.run_with(Script { fault: &mut |_, _| Fault::None, crash, lands: true, order: &mut || 0 });
            let end = if end == End::Crashed { world.run() } else { end };
            world.assert_whole(&end);
        }
    }
}

#[test]
fn an_upload_that_is_done_is_not_sent_again() {
    let mut world = World::new(gif(), Server::new(Some(2)));
    let first = world.run();
    let calls = world.server.calls.len();
    assert_eq!(world.run(), first);
    assert_eq!(world.server.calls.len(), calls);
}

#[test]
fn another_alternative_text_is_all_that_is_sent_again() {
    let mut world = World::new(gif(), Server::new(None));
    let end = world.run();
    world.assert_whole(&end);
    let calls = world.server.calls.len();
    world.plan.follow_ups = vec![crate::upload::FollowUp::AltText("A dog".to_owned())];
    let end = world.run();
    world.assert_whole(&end);
    assert_eq!(world.server.calls[calls..], ["metadata"]);
}
