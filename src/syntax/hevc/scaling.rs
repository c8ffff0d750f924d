//! Scaling lists (7.3.4), which are passed over.

use crate::input::{BitReader, BitsEnded};

/// Passes over `scaling_list_data()`.
pub(super) fn skip(bits: &mut BitReader<'_>) -> Result<(), BitsEnded> {
    for size in 0..4_u32 {
        for _ in (0..6).step_by(if size == 3 { 3 } else { 1 }) {
            if !bits.flag("scaling_list_pred_mode_flag")? {
                bits.ue("scaling_list_pred_matrix_id_delta")?;
                continue;
            }
            if size > 1 {
                bits.se("scaling_list_dc_coef_minus8")?;
            }
            for _ in 0..(1_u32 << (4 + 2 * size)).min(64) {
                bits.se("scaling_list_delta_coef")?;
            }
        }
    }
    Ok(())
}
