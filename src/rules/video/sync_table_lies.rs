//! The tables of sync samples contradict the bitstream.
//!
//! **What it checks.** `stss`, `stps`, `sgpd` and `sdtp` against the pictures: a sample that a table calls a sync sample
//! must be one at which decoding can start, and none may be left out that is IDR.
//!
//! **Why it matters.** Players seek to these places, and a video is cut there for streaming: pictures break up, or seeking
//! is slow.
//!
//! **How to fix it.** Encode it anew: `ffmpeg -i INPUT -c:v libx264 -x264-params open-gop=0 -flags +cgop -c:a copy
//! OUTPUT.mp4`.
//!
//! **Basis.** Heuristic: ISO/IEC 14496-12:2022 8.6.2 defines the tables; the platform's documents don't speak of them.

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};

use super::{picture, where_is};

rule!(
    "sync-table-lies",
    sync_table_lies,
    "sync_table_lies.rs",
    "the tables of sync samples contradict the bitstream",
    H264
);

fn check(_: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(contradiction) = track.read(&track.video.sync_contradiction)? else { return Ok(Outcome::Pass) };
    let contradiction = contradiction.value;
    let more = match contradiction.count {
        0 | 1 => String::new(),
        2 => ", and so with 1 more frame".to_owned(),
        count => sentence![", and so with ", count - 1, " more frames"],
    };
    let message = sentence![
        "By the table ",
        contradiction.table,
        ", ",
        where_is(&contradiction.first),
        " ",
        contradiction.says,
        "; by the bitstream it ",
        contradiction.bitstream,
        more
    ];
    let remedy =
        "Encode it anew: ffmpeg -i INPUT -c:v libx264 -x264-params open-gop=0 -flags +cgop -c:a copy OUTPUT.mp4";
    let fault = Fault::new(message, contradiction.bitstream.clone(), contradiction.says.clone(), remedy);
    Ok(Outcome::Fail(fault.at(&picture(&contradiction.first))))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::{Fact, PicturePlace, SyncContradiction};
    use crate::rules::testing::{Cases, Scenario, known, seconds};

    fn lie(scenario: &mut Scenario) {
        scenario.video().sync_contradiction = known(SyncContradiction {
            table: "stss".to_owned(),
            says: "is a sync sample".to_owned(),
            bitstream: "needs others".to_owned(),
            first: PicturePlace { frame: 12, time: seconds(2, 5), offset: 4711 },
            count: 3,
        });
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.video().sync_contradiction = Fact::Absent],
        fail: &[(lie, "needs others", "is a sync sample")],
        undecided: &[|s| s.video().sync_contradiction = Fact::unknown("the pictures were not read")],
        skip: &[
            |s| {
                s.codec(*b"hvc1", "HEVC");
                lie(s);
            },
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn the_message_reads_as_a_sentence() {
        let mut scenario = Scenario::movie();
        lie(&mut scenario);
        assert_eq!(
            scenario.message(&super::RULE),
            "By the table stss, frame 12 at 0.4 s is a sync sample; by the bitstream it needs others, and so with 2 more frames"
        );
    }
}
