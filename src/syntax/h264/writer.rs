//! Writes bits, so that tests can build the structures that no encoder at hand writes.

/// Bits in the making, most significant first.
#[derive(Clone, Debug, Default)]
pub(crate) struct BitWriter {
    bits: Vec<bool>,
}

impl BitWriter {
    /// Appends `u(count)`.
    pub(crate) fn u(&mut self, count: u32, value: u32) -> &mut Self {
        self.bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// Appends `ue(v)`.
    pub(crate) fn ue(&mut self, value: u32) -> &mut Self {
        let code = u64::from(value) + 1;
        let length = 64 - code.leading_zeros();
        self.bits.extend((1..length).map(|_| false));
        self.bits.extend((0..length).rev().map(|bit| code >> bit & 1 == 1));
        self
    }

    /// Appends `se(v)`.
    pub(crate) fn se(&mut self, value: i32) -> &mut Self {
        self.ue(if value > 0 { value.unsigned_abs() * 2 - 1 } else { value.unsigned_abs() * 2 })
    }

    /// The bits, the stop bit, and zero bits up to the next byte.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bits = self.bits.clone();
        bits.push(true);
        bits.resize(bits.len().next_multiple_of(8), false);
        bits.chunks(8).map(|byte| byte.iter().fold(0, |value, &bit| value << 1 | u8::from(bit))).collect()
    }

    /// The NAL unit: header byte, the bits with what ends them, emulation prevention.
    pub(crate) fn nal(&self, header: u8) -> Vec<u8> {
        escape(header, &self.bytes())
    }
}

/// The NAL unit of an RBSP: its header byte, and emulation prevention.
pub(crate) fn escape(header: u8, rbsp: &[u8]) -> Vec<u8> {
    let mut nal = vec![header];
    let mut zeros = 0;
    for &byte in rbsp {
        if zeros >= 2 && byte <= 3 {
            nal.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        nal.push(byte);
    }
    nal
}
