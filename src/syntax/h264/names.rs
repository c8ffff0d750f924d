//! Profiles and levels by the names that the standard gives them.

use std::borrow::Cow;

use super::sps::Sps;

/// The profile by the name that annex A (G, H, I) gives it; the constraint flags tell the variants.
pub(super) fn profile_name(sps: &Sps) -> Cow<'static, str> {
    let intra = sps.constraint(3);
    Cow::Borrowed(match sps.profile_idc {
        44 => "CAVLC 4:4:4 Intra",
        66 if sps.constraint(1) => "Constrained Baseline",
        66 => "Baseline",
        77 => "Main",
        83 => "Scalable Baseline",
        86 => "Scalable High",
        88 => "Extended",
        100 => "High",
        110 if intra => "High 10 Intra",
        110 => "High 10",
        118 => "Multiview High",
        122 if intra => "High 4:2:2 Intra",
        122 => "High 4:2:2",
        128 => "Stereo High",
        134 => "MFC High",
        135 => "MFC Depth High",
        138 => "Multiview Depth High",
        139 => "Enhanced Multiview Depth High",
        144 => "High 4:4:4",
        244 if intra => "High 4:4:4 Intra",
        244 => "High 4:4:4 Predictive",
        other => return Cow::Owned(format!("profile_idc {other}")),
    })
}

/// The level as table A-1 writes it.
pub(super) fn level_name(sps: &Sps) -> Cow<'static, str> {
    let old_profile = matches!(sps.profile_idc, 66 | 77 | 88);
    Cow::Borrowed(match sps.level_idc {
        9 => "1b",
        11 if old_profile && sps.constraint(3) => "1b",
        10 => "1",
        11 => "1.1",
        12 => "1.2",
        13 => "1.3",
        20 => "2",
        21 => "2.1",
        22 => "2.2",
        30 => "3",
        31 => "3.1",
        32 => "3.2",
        40 => "4",
        41 => "4.1",
        42 => "4.2",
        50 => "5",
        51 => "5.1",
        52 => "5.2",
        60 => "6",
        61 => "6.1",
        62 => "6.2",
        level if level % 10 == 0 => return Cow::Owned((level / 10).to_string()),
        level => return Cow::Owned(format!("{}.{}", level / 10, level % 10)),
    })
}
