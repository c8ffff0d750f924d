//! Every single fault at every call.

use super::server::{Crash, End, Fault, Script, Server, World, gif, video};
use crate::upload::{Failure, Plan};

/// Runs with one fault at the call of this number.
fn run(plan: &Plan, polls: Option<u32>, call: usize, fault: Fault) -> (World, End) {
    let mut world = World::new(plan.clone(), Server::new(polls));
    let mut fault_at = |number, _: &_| if number == call { fault } else { Fault::None };
    let end = world.run_with(Script { fault: &mut fault_at, crash: Crash::Never, lands: false, order: &mut || 0 });
    (world, end)
}

/// The number of calls of a run without faults.
fn calls(plan: &Plan, polls: Option<u32>) -> usize {
    let (world, end) = run(plan, polls, usize::MAX, Fault::None);
    world.assert_whole(&end);
    world.called
}

#[test]
fn an_upload_takes_the_calls_of_the_documents() {
    let (world, end) = run(&gif(), Some(2), usize::MAX, Fault::None);
    world.assert_whole(&end);
    assert_eq!(
        world.server.calls,
        ["INIT", "APPEND", "APPEND", "APPEND", "APPEND", "FINALIZE", "STATUS", "STATUS", "STATUS", "metadata"]
    );
}

#[test]
fn any_fault_that_passes_is_survived_at_every_call() {
    let passing = [
        Fault::Refused(408),
        Fault::Refused(429),
        Fault::Refused(500),
        Fault::Refused(502),
        Fault::Refused(503),
        Fault::Refused(504),
        Fault::DoneAndRefused(500),
        Fault::DoneAndRefused(503),
        Fault::Cut,
        Fault::LostUndone,
        Fault::LostDone,
        Fault::Limited(0),
        Fault::Limited(900),
    ];
    for (plan, polls) in [(gif(), Some(2)), (gif(), None), (video(), Some(1))] {
        for call in 0..calls(&plan, polls) {
            for fault in passing {
                let (world, end) = run(&plan, polls, call, fault);
                world.assert_whole(&end);
            }
        }
    }
}

#[test]
fn a_refusal_ends_the_upload_at_every_call() {
    for call in 0..calls(&gif(), Some(2)) {
        for status in [400, 401, 403, 422, 501] {
            let (mut world, end) = run(&gif(), Some(2), call, Fault::Refused(status));
            let End::Failed(Failure::Refused { error, .. }) = &end else { panic!("{call} {status}: {end:?}") };
            assert_eq!(error.status, status);
            assert!(world.server.calls.len() <= call + 3, "calls go on after a refusal: {:?}", world.server.calls);
            // Said anew, the command ends well, as what was refused is gone.
            let end = world.run();
            world.assert_whole(&end);
        }
    }
}

#[test]
fn an_upload_that_the_server_forgets_begins_again_once() {
    let all = calls(&gif(), Some(2));
    for call in 1..all - 1 {
        let (world, end) = run(&gif(), Some(2), call, Fault::Forgotten);
        world.assert_whole(&end);
        assert_eq!(world.server.calls.iter().filter(|name| **name == "INIT").count(), 2, "{call}");
    }
    let mut world = World::new(gif(), Server::new(None));
    let mut twice = |_, request: &crate::api::Request| match request {
        crate::api::Request::Append { segment_index: 2, .. } => Fault::Forgotten,
        _ => Fault::None,
    };
    let end = world.run_with(Script { fault: &mut twice, crash: Crash::Never, lands: false, order: &mut || 0 });
    assert!(matches!(end, End::Failed(Failure::Refused { call: "APPEND", .. })), "{end:?}");
}

#[test]
fn a_call_that_always_fails_is_made_six_times() {
    for (call, name) in [(0, "INIT"), (1, "APPEND"), (5, "FINALIZE")] {
        for fault in [Fault::Refused(503), Fault::Cut, Fault::LostUndone] {
            let mut world = World::new(gif(), Server::new(None));
            let mut always = |number, request: &crate::api::Request| {
                if number >= call && request.name() == name { fault } else { Fault::None }
            };
            let end =
                world.run_with(Script { fault: &mut always, crash: Crash::Never, lands: false, order: &mut || 0 });
            let End::Failed(Failure::Exhausted { call, tries: 6, .. }) = end else { panic!("{name}: {end:?}") };
            assert_eq!(call, name);
            let end = world.run();
            world.assert_whole(&end);
        }
    }
}

#[test]
fn an_error_of_the_processing_is_final_even_in_progress() {
    for call in 5..8 {
        let (world, end) = run(&gif(), Some(2), call, Fault::ErrorInProgress);
        assert!(matches!(end, End::Failed(Failure::Processing(_))), "{end:?}");
        assert_eq!(world.called, call + 1);
        let (_, end) = run(&gif(), Some(2), call, Fault::ProcessingFailed);
        assert_eq!(end, End::Failed(Failure::ProcessingFailed));
    }
}
