//! What a graphic control extension says of the frame behind it.

/// Graphic Control Extension (GIF89a 23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) packed: u8,
    /// In hundredths of a second.
    pub(super) delay: u16,
}

impl Control {
    /// Whether a colour of the frame stands for what is behind it.
    pub(super) const fn has_transparency(self) -> bool {
        self.packed & 1 != 0
    }

    /// What is done when the time of the frame is over: 2 clears it away, 3 brings back what was there before.
    pub(super) const fn disposal(self) -> u8 {
        self.packed >> 2 & 7
    }

    /// How long browsers show the frame, in hundredths of a second.
    pub(super) const fn shown(self) -> u16 {
        if self.delay < SHORTEST_DELAY { USUAL_DELAY } else { self.delay }
    }
}

/// Browsers take delays below this one for [`USUAL_DELAY`].
const SHORTEST_DELAY: u16 = 2;
/// A tenth of a second.
const USUAL_DELAY: u16 = 10;
