//! What slice headers of reference pictures hold behind the picture order count: lists of references, weights, and the
//! marking (7.3.3.1 to 7.3.3.3), of which only one operation matters.

#![expect(clippy::inline_always, reason = "where all of a header is read in one piece, the bits stay in registers")]

use super::elements::Elements;
use super::pps::Pps;
use super::slice::SliceKind;

/// Reads on behind the picture order count of a reference picture that is not IDR: whether operation 5 is among its
/// marking.
#[inline(always)]
pub(super) fn resets_order<E: Elements>(
    bits: &mut E,
    kind: SliceKind,
    pps: Pps,
    has_chroma: bool,
) -> Result<bool, E::Fault> {
    skip_to_marking(bits, kind, pps, has_chroma)?;
    holds_operation_5(bits)
}

#[inline(always)]
fn skip_to_marking<E: Elements>(bits: &mut E, kind: SliceKind, pps: Pps, has_chroma: bool) -> Result<(), E::Fault> {
    let inter = !kind.is_intra();
    let bipredictive = kind == SliceKind::B;
    if bipredictive {
        bits.flag("direct_spatial_mv_pred_flag")?;
    }
    let (mut last, mut last_of_second) = (pps.num_ref_idx_l0_minus1, pps.num_ref_idx_l1_minus1);
    if inter && bits.flag("num_ref_idx_active_override_flag")? {
        last = bits.ue_at_most(31, "num_ref_idx_l0_active_minus1", "0 to 31")?;
        if bipredictive {
            last_of_second = bits.ue_at_most(31, "num_ref_idx_l1_active_minus1", "0 to 31")?;
        }
    }
    if inter {
        skip_list_modification(bits)?;
    }
    if bipredictive {
        skip_list_modification(bits)?;
    }
    let weighted = if bipredictive { pps.explicit_bipred } else { inter && pps.weighted_pred };
    if weighted {
        skip_denominators(bits, has_chroma)?;
        skip_weights(bits, last, has_chroma)?;
        if bipredictive {
            skip_weights(bits, last_of_second, has_chroma)?;
        }
    }
    Ok(())
}

/// Passes over `ref_pic_list_modification()` of one list (7.3.3.1).
#[inline(always)]
fn skip_list_modification<E: Elements>(bits: &mut E) -> Result<(), E::Fault> {
    if bits.flag("ref_pic_list_modification_flag")? {
        *bits = after_list_modification(*bits)?;
    }
    Ok(())
}

// The longer loops have the reader by value, as a reader that is lent stays in memory.

fn after_list_modification<E: Elements>(bits: E) -> Result<E, E::Fault> {
    let mut bits = bits;
    loop {
        bits.move_on();
        match bits.skip_changes() {
            Some(true) => return Ok(bits),
            Some(false) => continue,
            None => {}
        }
        if bits.ue_at_most(3, "modification_of_pic_nums_idc", "0 to 3")? == 3 {
            return Ok(bits);
        }
        bits.skip_code("abs_diff_pic_num_minus1")?;
    }
}

/// Passes over what `pred_weight_table()` begins with (7.3.3.2).
#[inline(always)]
fn skip_denominators<E: Elements>(bits: &mut E, chroma: bool) -> Result<(), E::Fault> {
    bits.skip_code("luma_log2_weight_denom")?;
    if chroma {
        bits.skip_code("chroma_log2_weight_denom")?;
    }
    Ok(())
}

/// Passes over the weights of one list, given its last picture.
#[inline(always)]
fn skip_weights<E: Elements>(bits: &mut E, last: u8, chroma: bool) -> Result<(), E::Fault> {
    bits.move_on();
    // Mostly no picture has weights of its own.
    let pictures = u32::from(last) + 1;
    let plain = bits.skip_clear(pictures, chroma.into());
    if plain < pictures {
        *bits = after_weights(*bits, pictures - plain, chroma)?;
    }
    Ok(())
}

/// The weights of so many pictures.
fn after_weights<E: Elements>(bits: E, pictures: u32, chroma: bool) -> Result<E, E::Fault> {
    let (mut bits, mut left) = (bits, pictures);
    while left > 0 {
        bits.move_on();
        let plain = bits.skip_clear(left, chroma.into());
        if plain > 0 {
            left -= plain;
            continue;
        }
        left -= 1;
        if bits.flag("luma_weight_flag")? {
            bits.skip_code("luma_weight")?;
            bits.skip_code("luma_offset")?;
        }
        if chroma && bits.flag("chroma_weight_flag")? {
            for _ in 0..2 {
                bits.move_on();
                bits.skip_code("chroma_weight")?;
                bits.skip_code("chroma_offset")?;
            }
        }
    }
    Ok(bits)
}

/// Reads `dec_ref_pic_marking()` of a picture that is not IDR (7.3.3.3).
#[inline(always)]
fn holds_operation_5<E: Elements>(bits: &mut E) -> Result<bool, E::Fault> {
    if !bits.flag("adaptive_ref_pic_marking_mode_flag")? {
        return Ok(false);
    }
    let found;
    (*bits, found) = after_operations(*bits)?;
    Ok(found)
}

/// Whether 5 is among the operations.
fn after_operations<E: Elements>(bits: E) -> Result<(E, bool), E::Fault> {
    let (mut bits, mut found) = (bits, false);
    loop {
        bits.move_on();
        match bits.ue_at_most(6, "memory_management_control_operation", "0 to 6")? {
            0 => return Ok((bits, found)),
            3 => {
                bits.skip_code("difference_of_pic_nums_minus1")?;
                bits.skip_code("long_term_frame_idx")?;
            }
            5 => found = true,
            _ => {
                bits.skip_code("long_term_pic_num")?;
            }
        }
    }
}
