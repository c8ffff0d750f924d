//! Random scripts of faults, orders and kills.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, proptest};

use super::server::{Crash, End, Fault, Script, Server, World, video};
use crate::api::Request;
use crate::upload::{FollowUp, Plan};

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Refused(503)),
        1 => Just(Fault::DoneAndRefused(500)),
        1 => Just(Fault::Cut),
        1 => Just(Fault::LostUndone),
        1 => Just(Fault::LostDone),
        1 => (0_u16..2000).prop_map(Fault::Limited),
        1 => Just(Fault::Refused(413)),
        1 => Just(Fault::Refused(400)),
        1 => Just(Fault::Refused(401)),
        1 => Just(Fault::Forgotten),
    ]
}

/// One run of the program: its faults, the order of answers, and when it is killed.
type Run = (Vec<Fault>, Vec<u8>, Option<(u8, bool)>, bool);

fn one_run() -> impl Strategy<Value = Run> {
    (
        collection::vec(fault(), 0..40),
        collection::vec(any::<u8>(), 1..20),
        proptest::option::of((0_u8..20, any::<bool>())),
        any::<bool>(),
    )
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_sent_twice(
        runs in collection::vec(one_run(), 1..5),
        size in 1_u64..20_000,
        chunk in 2000_u64..6000,
        polls in proptest::option::of(0_u32..4),
        parallel in 1_usize..5,
    ) {
        let follow_ups = vec![FollowUp::AltText("A cat".to_owned())];
        let plan = Plan { size, chunk: Some(chunk), parallel, follow_ups, ..video() };
        let mut world = World::new(plan, Server::new(polls));
        world.server.expires_after = u64::MAX;
        for (faults, order, crash, lands) in runs {
            let begun = world.called;
            let crash = match crash {
                Some((at, true)) => Crash::Before(world.written + usize::from(at)),
                Some((at, false)) => Crash::After(world.written + usize::from(at)),
                None => Crash::Never,
            };
            let mut turns = order.iter().cycle();
            let end = world.run_with(Script {
                fault: &mut |call, request| match faults.get(call - begun) {
                    // What is done and forgotten is not sent again by itself.
                    Some(Fault::Forgotten) if matches!(request, Request::Metadata { .. }) => Fault::None,
                    fault => fault.copied().unwrap_or(Fault::None),
                },
                crash,
                lands,
                order: &mut || usize::from(*turns.next().unwrap_or(&0)),
            });
            if matches!(end, End::Done(_)) {
                world.assert_whole(&end);
            }
        }
        // Whatever happened, the same command ends well when the faults are over.
        let end = world.run();
        let End::Done(uploaded) = &end else { panic!("{end:?}") };
        let upload = &world.server.uploads[&uploaded.id];
        assert!(upload.finalized && upload.alt_text.is_some());
        assert_eq!(upload.segments.values().map(|(_, length)| length).sum::<u64>(), size);
    }
}
