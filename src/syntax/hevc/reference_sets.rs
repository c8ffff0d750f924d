//! Short-term reference picture sets (7.3.7), which are passed over. Each may be coded as the change of the one in front of it, so that
//! the pictures of that one have to be known (7.4.8).

use crate::input::{BitReader, BitsEnded};

/// The pictures of a set, as distances in output order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ReferenceSet {
    /// Those before the current picture, `DeltaPocS0`.
    before: Vec<i64>,
    /// Those behind it, `DeltaPocS1`.
    after: Vec<i64>,
}

/// Passes over all sets. `None`: one of them has more pictures than there can be.
pub(super) fn skip(bits: &mut BitReader<'_>) -> Result<Option<()>, BitsEnded> {
    let count = bits.ue("num_short_term_ref_pic_sets")?;
    if count > MOST_SETS {
        return Ok(None);
    }
    let mut last: Option<ReferenceSet> = None;
    for _ in 0..count {
        let set = match &last {
            Some(reference) if bits.flag("inter_ref_pic_set_prediction_flag")? => reference.changed(bits)?,
            _ => ReferenceSet::read(bits)?,
        };
        let Some(set) = set else { return Ok(None) };
        last = Some(set);
    }
    Ok(Some(()))
}

impl ReferenceSet {
    /// A set that is coded by itself.
    fn read(bits: &mut BitReader<'_>) -> Result<Option<Self>, BitsEnded> {
        let before = bits.ue("num_negative_pics")?;
        let after = bits.ue("num_positive_pics")?;
        if before > MOST_PICTURES || after > MOST_PICTURES {
            return Ok(None);
        }
        let mut set = Self::default();
        for (count, list, sign) in [(before, &mut set.before, -1), (after, &mut set.after, 1)] {
            let mut distance = 0_i64;
            for _ in 0..count {
                distance += i64::from(bits.ue("delta_poc_minus1")?) + 1;
                bits.skip(1, "used_by_curr_pic_flag")?;
                list.push(sign * distance);
            }
        }
        Ok(Some(set))
    }

    /// A set that is coded as the change of this one (7-61 and 7-62).
    fn changed(&self, bits: &mut BitReader<'_>) -> Result<Option<Self>, BitsEnded> {
        let is_negative = bits.flag("delta_rps_sign")?;
        let delta = i64::from(bits.ue("abs_delta_rps_minus1")?) + 1;
        let delta = if is_negative { -delta } else { delta };
        // Those of this set in its own order, and the picture that it belongs to behind them.
        let mut kept = Vec::new();
        for distance in self.before.iter().chain(&self.after).chain(&[0]) {
            let is_used = bits.flag("used_by_curr_pic_flag")?;
            if is_used || bits.flag("use_delta_flag")? {
                kept.push(distance + delta);
            }
        }
        let mut set = Self::default();
        for distance in kept {
            match distance {
                ..0 => set.before.push(distance),
                0 => {}
                1.. => set.after.push(distance),
            }
        }
        // The nearest come first.
        set.before.sort_unstable_by(|a, b| b.cmp(a));
        set.after.sort_unstable();
        let most = usize::try_from(MOST_PICTURES).unwrap_or(0);
        Ok((set.before.len() <= most && set.after.len() <= most).then_some(set))
    }
}

/// `num_short_term_ref_pic_sets` at most (7.4.3.2.1).
const MOST_SETS: u32 = 64;
/// Pictures of a decoded picture buffer at most (A.4.2).
const MOST_PICTURES: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').map(|byte| byte - b'0').collect();
        digits.chunks(8).map(|eight| (0..8).fold(0, |byte, place| byte << 1 | eight.get(place).unwrap_or(&0))).collect()
    }

    #[test]
    fn a_set_may_be_the_change_of_the_one_before_it() {
        // One picture before at -1, one behind at 2.
        let own = bits("010 010 1 1 010 1");
        let set = ReferenceSet::read(&mut BitReader::new(&own)).unwrap().unwrap();
        assert_eq!(set, ReferenceSet { before: vec![-1], after: vec![2] });
        // Seen from a picture further on: -1 becomes -2, 2 becomes 1, and the picture of the set itself -1.
        let change = bits("1 1 1 1 1");
        let changed = set.changed(&mut BitReader::new(&change)).unwrap().unwrap();
        assert_eq!(changed, ReferenceSet { before: vec![-1, -2], after: vec![1] });
        // Without the second, which is neither used nor kept.
        let change = bits("1 1 1 00 1");
        let changed = set.changed(&mut BitReader::new(&change)).unwrap().unwrap();
        assert_eq!(changed, ReferenceSet { before: vec![-1, -2], after: vec![] });
        // What comes to stand at the current picture is that picture, and no reference.
        let change = bits("1 010 1 1 1");
        let changed = set.changed(&mut BitReader::new(&change)).unwrap().unwrap();
        assert_eq!(changed, ReferenceSet { before: vec![-2, -3], after: vec![] });
    }

    #[test]
    fn all_sets_are_passed_over_and_too_many_are_not() {
        let three = bits("00100  010 010 1 1 010 1  1 1 1 1 1 1  1 0 1 1 1 1 01  0000");
        let mut reader = BitReader::new(&three);
        assert_eq!(skip(&mut reader), Ok(Some(())));
        assert_eq!(reader.position(), 5 + 12 + 6 + 8);
        // 65 sets, and 17 pictures.
        assert_eq!(skip(&mut BitReader::new(&bits("0000001000010"))), Ok(None));
        assert_eq!(skip(&mut BitReader::new(&bits("010 000010010 1"))), Ok(None));
        assert!(skip(&mut BitReader::new(&bits("010"))).is_err());
    }
}
