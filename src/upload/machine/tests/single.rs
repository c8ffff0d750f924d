//! One matter each: sizes, rate limits, expiry, patience, changes, interrupts.

use std::time::Duration;

use super::server::{Crash, End, Fault, Script, Server, World, gif, video};
use crate::api::Request;
use crate::upload::{Failure, Machine, Moment, Outcome, Plan, Policy, Record, RequestId, State, Step};

fn run(world: &mut World, fault: &mut dyn FnMut(usize, &Request) -> Fault) -> End {
    world.run_with(Script { fault, crash: Crash::Never, lands: false, order: &mut || 0 })
}

#[test]
fn segments_that_are_too_large_are_halved_under_the_same_id() {
    let mut server = Server::new(None);
    server.largest = Some(1500);
    let mut world = World::new(Plan { chunk: Some(5000), ..gif() }, server);
    let end = run(&mut world, &mut |_, _| Fault::None);
    world.assert_whole(&end);
    assert_eq!(world.server.uploads.len(), 1);
    assert!(world.server.uploads.values().all(|upload| upload.segments.values().all(|(_, length)| *length <= 1500)));
    assert_eq!(world.state().repeated, 0);
}

#[test]
fn a_gap_among_the_acknowledged_segments_begins_another_upload() {
    let mut world = World::new(gif(), Server::new(None));
    let mut refused = false;
    let end = run(&mut world, &mut |_, request| match request {
        Request::Append { segment_index: 1, .. } if !refused => {
            refused = true;
            Fault::Refused(413)
        }
        _ => Fault::None,
    });
    world.assert_whole(&end);
    assert_eq!(world.server.uploads.len(), 2);
    assert_eq!(world.state().repeated, 7000 - 2048, "all but segment 1 is sent twice");
}

#[test]
fn a_segment_that_may_still_be_stored_is_not_cut_otherwise_under_the_same_number() {
    let mut world = World::new(Plan { size: 4096, ..gif() }, Server::new(None));
    let end = run(&mut world, &mut |number, _| match number {
        1 => Fault::LostUndone,
        2 => Fault::Refused(413),
        _ => Fault::None,
    });
    world.assert_whole(&end);
    assert_eq!(world.server.uploads.len(), 2);
}

#[test]
fn large_segments_that_never_come_through_whole_are_halved() {
    let plan = Plan { size: 20 << 20, chunk: Some(5 << 20), ..video() };
    let mut world = World::new(plan, Server::new(None));
    let end = run(&mut world, &mut |_, request| match request.media() {
        Some(media) if media.length() > 2 << 20 => Fault::Cut,
        _ => Fault::None,
    });
    world.assert_whole(&end);
    assert_eq!(world.server.uploads.len(), 1);
    // Those of a size that every server takes are tried again as they are.
    let plan = Plan { size: 3 << 20, chunk: Some(1 << 20), ..video() };
    let end = run(&mut World::new(plan, Server::new(None)), &mut |_, request| match request.media() {
        Some(_) => Fault::Cut,
        None => Fault::None,
    });
    assert!(matches!(end, End::Failed(Failure::Exhausted { call: "APPEND", tries: 6, .. })), "{end:?}");
}

#[test]
fn what_refuses_the_smallest_segments_refuses_all() {
    let mut server = Server::new(None);
    server.largest = Some(10);
    let mut world = World::new(gif(), server);
    let end = run(&mut world, &mut |_, _| Fault::None);
    let End::Failed(Failure::Refused { call: "APPEND", error }) = end else { panic!("{end:?}") };
    assert_eq!(error.status, 413);
    assert_eq!(world.state().session, None, "the next try begins anew");
}

#[test]
fn more_than_a_thousand_segments_are_never_sent() {
    let plan = Plan { size: 1001, chunk: Some(1), ..video() };
    let mut world = World::new(plan.clone(), Server::new(None));
    let end = run(&mut world, &mut |_, _| Fault::None);
    assert_eq!(end, End::Failed(Failure::TooManySegments { chunk: 1, size: 1001 }));
    assert_eq!(world.state().session, None, "the next try begins anew");
    let mut world = World::new(Plan { size: 1000, ..plan }, Server::new(None));
    let end = run(&mut world, &mut |_, _| Fault::None);
    world.assert_whole(&end);
}

#[test]
fn a_rate_limit_uses_up_no_try_and_holds_everything_back() {
    let mut world = World::new(gif(), Server::new(None));
    let began = world.now;
    let mut limits = 0;
    let end = run(&mut world, &mut |_, request| {
        if matches!(request, Request::Append { segment_index: 0, .. }) && limits < 20 {
            limits += 1;
            return Fault::Limited(60);
        }
        Fault::None
    });
    world.assert_whole(&end);
    assert!(world.now.since(began) >= Duration::from_secs(20 * 60));
}

#[test]
fn a_rate_limit_that_never_ends_ends_the_run() {
    for seconds in [0, 1, 60, 9000] {
        let mut world = World::new(gif(), Server::new(None));
        let end = run(&mut world, &mut |_, _| Fault::Limited(seconds));
        assert!(matches!(&end, End::Failed(Failure::RateLimited(_))), "{end:?}");
        let End::Failed(failure) = end else { unreachable!() };
        assert!(failure.is_resumable());
    }
}

#[test]
fn it_never_sleeps_past_the_end_of_the_id() {
    let mut server = Server::new(None);
    server.expires_after = 100;
    let mut world = World::new(gif(), server);
    let began = world.now;
    let end = run(&mut world, &mut |number, _| if number == 0 { Fault::None } else { Fault::Limited(300) });
    let End::Failed(Failure::WouldExpire { .. }) = end else { panic!("{end:?}") };
    assert!(world.now.since(began) < Duration::from_secs(100));
}

#[test]
fn a_server_that_never_decides_is_waited_for_only_so_long() {
    let mut world = World::new(gif(), Server::new(Some(u32::MAX)));
    world.policy = Policy { processing: Duration::from_secs(60), ..Policy::default() };
    let began = world.now;
    let end = run(&mut world, &mut |_, _| Fault::None);
    let End::Failed(failure @ Failure::StillProcessing { percent: Some(50), .. }) = end else { panic!("{end:?}") };
    assert!(failure.is_resumable());
    assert!(world.now.since(began) <= Duration::from_secs(62));
    world.server.uploads.values_mut().for_each(|upload| upload.polls_left = 0);
    let end = world.run();
    world.assert_whole(&end);
}

#[test]
fn finalize_with_an_unknown_outcome_asks_for_the_status_first() {
    for (polls, expected) in [(Some(0), vec!["FINALIZE", "STATUS"]), (None, vec!["FINALIZE", "STATUS", "FINALIZE"])] {
        let mut world = World::new(Plan { follow_ups: Vec::new(), ..gif() }, Server::new(polls));
        let end = run(&mut world, &mut |number, _| if number == 5 { Fault::LostDone } else { Fault::None });
        world.assert_whole(&end);
        assert_eq!(world.server.calls[5..], expected);
    }
}

#[test]
fn a_simple_upload_is_one_call() {
    let plan = Plan { simple: true, ..gif() };
    let mut world = World::new(plan, Server::new(None));
    let end = run(&mut world, &mut |number, _| if number == 0 { Fault::Refused(503) } else { Fault::None });
    world.assert_whole(&end);
    assert_eq!(world.server.calls, ["simple upload", "simple upload", "metadata"]);
    assert_eq!(world.run(), end);
    assert_eq!(world.server.calls.len(), 3);
}

#[test]
fn a_file_that_changed_is_given_up() {
    let mut machine = Machine::new(gif(), State::default(), Policy::default(), 1);
    machine.changed("it has 5 bytes and had 7".to_owned());
    assert!(matches!(machine.poll(Moment::default()), Step::Failed(Failure::Changed(_))));
    // With an id, the journal says that it is not to be used any more.
    let mut machine = started();
    machine.changed("its time".to_owned());
    assert!(matches!(machine.poll(Moment::default()), Step::Persist(Record::GivenUp { .. })));
    assert!(machine.state().session.is_none());
}

#[test]
fn an_interrupt_gives_up_what_is_under_way_and_keeps_what_arrives() {
    let mut machine = started();
    let mut sent = Vec::new();
    while let Step::Send(id, _) = machine.poll(Moment::default()) {
        sent.push(id);
    }
    assert_eq!(sent.len(), 3);
    machine.interrupt();
    for id in &sent {
        assert_eq!(machine.poll(Moment::default()), Step::Cancel(*id));
    }
    assert_eq!(machine.poll(Moment::default()), Step::Await { until: None });
    machine.answered(Moment::default(), sent[0], answered());
    assert!(matches!(machine.poll(Moment::default()), Step::Persist(Record::Acknowledged { .. })));
    machine.answered(Moment::default(), sent[1], Outcome::Cancelled);
    machine.answered(Moment::default(), sent[2], Outcome::Cancelled);
    assert_eq!(machine.poll(Moment::default()), Step::Failed(Failure::Interrupted));
    assert_eq!(machine.state().stored_bytes(), 2048);
}

#[test]
fn answers_to_unknown_calls_change_nothing() {
    let mut machine = started();
    machine.answered(Moment::default(), RequestId(99), answered());
    assert_eq!(machine.state().stored_bytes(), 0);
}

#[test]
fn a_server_that_is_not_trusted_ends_the_run_at_once() {
    let mut machine = started();
    let Step::Send(id, _) = machine.poll(Moment::default()) else { panic!() };
    let why = "UnknownIssuer".to_owned();
    machine.answered(Moment::default(), id, Outcome::Untrusted(why.clone()));
    let failure = Failure::Untrusted(why);
    assert!(!failure.is_resumable() && failure.to_string().contains("--ca or SSL_CERT_FILE"));
    assert_eq!(machine.poll(Moment::default()), Step::Failed(failure));
    assert!(machine.state().session.is_some(), "with the right certificate it goes on");
}

#[test]
fn acknowledgements_that_come_together_are_written_together() {
    let mut machine = started();
    let sent: Vec<_> = std::iter::from_fn(|| match machine.poll(Moment::default()) {
        Step::Send(id, _) => Some(id),
        _ => None,
    })
    .collect();
    for id in sent {
        machine.answered(Moment::default(), id, answered());
    }
    let Step::Persist(Record::Acknowledged { segments, .. }) = machine.poll(Moment::default()) else { panic!() };
    assert_eq!(segments.iter().map(|stored| stored.index).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(matches!(machine.poll(Moment::default()), Step::Send(..)));
}

/// A machine that has its id.
fn started() -> Machine {
    let id = crate::api::MediaId::new(5).unwrap();
    let records = [Record::Initialized { id, key: None, expires: None, chunk: 2048 }];
    Machine::new(video(), State::of(video().size, &records), Policy::default(), 1)
}

fn answered() -> Outcome {
    Outcome::Answered { answer: Box::default(), date: None, crc32: 0 }
}
