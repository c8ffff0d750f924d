//! Supplemental enhancement information (annex D): recovery points and picture timing.

use super::sps::Sps;
use crate::input::{BitReader, BitsEnded};

/// What the messages in front of a picture say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Messages {
    /// `recovery_frame_cnt` of a recovery point. Absent: no such message.
    pub(crate) recovery_frame_cnt: Option<u32>,
    /// The payload of a picture timing message, which only the active SPS makes readable.
    timing: Option<TimingPayload>,
}

/// What picture timing says of the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    /// `pic_struct` (table D-1).
    pub(crate) pic_struct: u8,
    /// Whether a clock timestamp gives `ct_type` 1, interlaced.
    pub(crate) interlaced_source: bool,
}

/// The longest picture timing payload fits: two delays of 32 bits and three clock timestamps of at most 70.
const TIMING_BYTES: usize = 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TimingPayload {
    bytes: [u8; TIMING_BYTES],
    length: usize,
}

impl Messages {
    /// Takes the messages of one SEI NAL unit, of which `rbsp` may be only the beginning.
    ///
    /// Returns the byte of the RBSP at which the next message that is not taken would begin. That may lie past `rbsp`:
    /// the payload of a message of no interest need not be there.
    pub(crate) fn take(&mut self, rbsp: &[u8]) -> usize {
        let mut next = 0;
        // The trailing bits take a byte of their own, as messages are whole bytes.
        while let Some(rest) = rbsp.get(next..).filter(|rest| rest.len() > 1) {
            let Some((kind, size, payload)) = message(rest) else {
                break;
            };
            let whole = payload.get(..size);
            match kind {
                RECOVERY_POINT => {
                    // What is behind the payload belongs to the next message.
                    if let Ok(count) = BitReader::new(whole.unwrap_or(payload)).ue("recovery_frame_cnt") {
                        self.recovery_frame_cnt.get_or_insert(count);
                    }
                }
                PIC_TIMING => {
                    if let Some(payload) = whole {
                        self.timing.get_or_insert(TimingPayload::new(payload));
                    }
                }
                _ => {}
            }
            if whole.is_none() && matches!(kind, RECOVERY_POINT | PIC_TIMING) {
                break;
            }
            next = (rbsp.len() - payload.len()).saturating_add(size);
        }
        next
    }

    /// What picture timing says under the SPS that is active. Absent: no message, or none that tells `pic_struct`.
    pub(crate) fn timing(&self, sps: &Sps) -> Option<Timing> {
        let payload = self.timing.as_ref()?;
        let vui = sps.vui.as_ref().filter(|vui| vui.timing_was_read && vui.pic_struct_present)?;
        let mut bits = BitReader::new(payload.bytes.get(..payload.length)?);
        if let Some(hrd) = vui.hrd {
            bits.skip(u64::from(hrd.cpb_removal_delay), "cpb_removal_delay").ok()?;
            bits.skip(u64::from(hrd.dpb_output_delay), "dpb_output_delay").ok()?;
        }
        let pic_struct = bits.bits(4, "pic_struct").ok().and_then(|bits| u8::try_from(bits).ok())?;
        let time_offset_bits = vui.hrd.map_or(24, |hrd| hrd.time_offset);
        let mut timing = Timing { pic_struct, interlaced_source: false };
        for _ in 0..clock_timestamps(pic_struct) {
            match clock_timestamp(&mut bits, time_offset_bits) {
                Ok(interlaced) => timing.interlaced_source |= interlaced,
                Err(_) => break,
            }
        }
        Some(timing)
    }
}

impl TimingPayload {
    fn new(payload: &[u8]) -> Self {
        let mut bytes = [0; TIMING_BYTES];
        let length = payload.len().min(TIMING_BYTES);
        if let (Some(to), Some(from)) = (bytes.get_mut(..length), payload.get(..length)) {
            to.copy_from_slice(from);
        }
        Self { bytes, length }
    }
}

/// `sei_message()` (7.3.2.3.1): its type, its size, and what follows both.
fn message(bytes: &[u8]) -> Option<(u32, usize, &[u8])> {
    let (kind, rest) = stretched(bytes)?;
    let (size, rest) = stretched(rest)?;
    Some((kind, usize::try_from(size).ok()?, rest))
}

/// A number as a run of 0xFF and a last byte.
fn stretched(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let run = bytes.iter().position(|&byte| byte != 0xff)?;
    let (&last, rest) = bytes.get(run..)?.split_first()?;
    let value = u32::try_from(run).ok()?.checked_mul(255)?.checked_add(u32::from(last))?;
    Some((value, rest))
}

/// Reads one optional clock timestamp (D.1.3), and whether it says that the source is interlaced.
fn clock_timestamp(bits: &mut BitReader<'_>, time_offset_bits: u32) -> Result<bool, BitsEnded> {
    if !bits.flag("clock_timestamp_flag")? {
        return Ok(false);
    }
    let interlaced = bits.bits(2, "ct_type")? == 1;
    bits.skip(1 + 5, "counting_type")?;
    let full = bits.flag("full_timestamp_flag")?;
    bits.skip(1 + 1 + 8, "n_frames")?;
    if full {
        bits.skip(6 + 6 + 5, "seconds_value")?;
    } else if bits.flag("seconds_flag")? {
        bits.skip(6, "seconds_value")?;
        if bits.flag("minutes_flag")? {
            bits.skip(6, "minutes_value")?;
            if bits.flag("hours_flag")? {
                bits.skip(5, "hours_value")?;
            }
        }
    }
    bits.skip(u64::from(time_offset_bits), "time_offset")?;
    Ok(interlaced)
}

/// `NumClockTS` (table D-1).
const fn clock_timestamps(pic_struct: u8) -> u32 {
    match pic_struct {
        0..=2 => 1,
        3 | 4 | 7 => 2,
        5 | 6 | 8 => 3,
        _ => 0,
    }
}

const PIC_TIMING: u32 = 1;
const RECOVERY_POINT: u32 = 6;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::h264::nal::Nal;
    use crate::syntax::h264::sps;
    use crate::syntax::h264::synthetic::{MBAFF, PROGRESSIVE, message, pic_timing, recovery_point};
    use crate::syntax::h264::writer::BitWriter;

    fn sps(nal: &[u8]) -> Sps {
        Sps::parse(Nal::new(nal, 0)).unwrap()
    }

    fn rbsp(unit: &[u8]) -> Vec<u8> {
        Nal::new(unit, 0).rbsp(4096)
    }

    #[test]
    fn messages_follow_each_other_in_one_unit() {
        let mut unit = pic_timing(3, Some(2));
        unit.pop();
        unit.extend([5, 255, 45]);
        unit.extend([0xab; 300]);
        unit.extend(&recovery_point(2)[1..]);
        let mut messages = Messages::default();
        let rbsp = rbsp(&unit);
        assert_eq!(messages.take(&rbsp), rbsp.len() - 1);
        assert_eq!(messages.recovery_frame_cnt, Some(2));
        let timing = messages.timing(&sps(&MBAFF.sps())).unwrap();
        assert_eq!(timing, Timing { pic_struct: 3, interlaced_source: false });
    }

    #[test]
    fn a_cut_unit_tells_where_the_next_message_begins() {
        let mut unit = vec![0x06, 5, 255, 45];
        unit.extend([0xab; 300]);
        unit.extend(&recovery_point(0)[1..]);
        let whole = rbsp(&unit);
        for length in 0..whole.len() {
            let mut messages = Messages::default();
            let next = messages.take(&whole[..length]);
            let taken = messages.recovery_frame_cnt == Some(0);
            let expected = if length < 4 { 0..=303 } else { 303..=if taken { 306 } else { 303 } };
            assert!(expected.contains(&next), "{length} bytes: {next}");
        }
    }

    #[test]
    fn a_payload_without_its_whole_code_tells_no_recovery_point() {
        let two_zeros = message(6, &[0, 0]);
        let mut unit = two_zeros[..two_zeros.len() - 1].to_vec();
        unit.extend(&message(5, &[0xff; 20])[1..]);
        let whole = rbsp(&unit);
        for length in 0..=whole.len() {
            let mut messages = Messages::default();
            messages.take(&whole[..length]);
            assert_eq!(messages.recovery_frame_cnt, None, "{length} bytes");
        }
    }

    #[test]
    fn timing_needs_a_set_that_announces_it() {
        let mut messages = Messages::default();
        messages.take(&rbsp(&pic_timing(7, None)));
        assert_eq!(messages.timing(&sps(&PROGRESSIVE.sps())), None);
        assert_eq!(messages.timing(&sps(&MBAFF.sps())).map(|timing| timing.pic_struct), Some(7));
        assert_eq!(Messages::default().timing(&sps(&MBAFF.sps())), None);
    }

    #[test]
    fn delays_stand_in_front_where_there_is_a_decoder_model() {
        // x264 gives delays of 10 and 5 bits or so; the set of a real film tells how many.
        let real = sps(&sps::tests::MBAFF);
        let hrd = real.vui.as_ref().and_then(|vui| vui.hrd).unwrap();
        let mut bits = BitWriter::default();
        bits.u(hrd.cpb_removal_delay, 1).u(hrd.dpb_output_delay, 1).u(4, 4).u(1, 0).u(1, 1).u(2, 1).u(1, 0).u(5, 0);
        bits.u(1, 1).u(2, 0).u(8, 9).u(6, 59).u(6, 59).u(5, 23).u(hrd.time_offset, 0);
        let mut messages = Messages::default();
        messages.take(&rbsp(&message(1, &bits.bytes())));
        assert_eq!(messages.timing(&real), Some(Timing { pic_struct: 4, interlaced_source: true }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..96)) {
            let mut messages = Messages::default();
            messages.take(&bytes);
            messages.timing(&sps(&MBAFF.sps()));
        }
    }
}
