//! Streams of headers only, for what no encoder at hand writes: fields, every order type, odd marking.

use std::convert::Infallible;

use super::followers::Head;
use super::frames::{Labels, SampleInfo, SyncSource};
use super::nal::Nal;
use super::picture::{PictureReader, SampleBytes};
use super::sets::ParameterSets;
use super::slice::Structure;
use super::verdict::PictureFacts;
use super::writer::{BitWriter, escape};
use crate::facts::{Container, Video};

/// The parameter sets of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    pub(crate) frame_mbs_only: bool,
    pub(crate) mbaff: bool,
    /// 0 has 8 bits of `pic_order_cnt_lsb`; 1 has a cycle of one offset, 2.
    pub(crate) order_type: u32,
    pub(crate) pic_struct: bool,
}

/// One slice of a stream; `frame_num` has 8 bits.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_field_names, reason = "slice_type is the standard's name")]
pub(crate) struct Slice {
    pub(crate) slice_type: u32,
    pub(crate) idr: bool,
    pub(crate) ref_idc: u8,
    pub(crate) frame_num: u32,
    pub(crate) lsb: u32,
    pub(crate) structure: Structure,
    pub(crate) mmco5: bool,
}

pub(crate) const PROGRESSIVE: Stream = Stream { frame_mbs_only: true, mbaff: false, order_type: 0, pic_struct: false };
pub(crate) const PAFF: Stream = Stream { frame_mbs_only: false, mbaff: false, order_type: 0, pic_struct: false };
pub(crate) const MBAFF: Stream = Stream { frame_mbs_only: false, mbaff: true, order_type: 0, pic_struct: true };

pub(crate) const P: u32 = 5;
pub(crate) const B: u32 = 6;
pub(crate) const I: u32 = 7;

impl Stream {
    pub(crate) fn sps(self) -> Vec<u8> {
        self.sps_of(4, 4)
    }

    /// The same for pictures of so many macroblocks.
    pub(crate) fn sps_of(self, width: u32, height: u32) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.u(8, 77).u(8, 0).u(8, 30).ue(0).ue(4).ue(self.order_type);
        match self.order_type {
            0 => bits.ue(4),
            1 => bits.u(1, 0).se(-1).se(1).ue(1).se(2),
            _ => &mut bits,
        };
        bits.ue(4).u(1, 0).ue(width - 1).ue(height - 1).u(1, self.frame_mbs_only.into());
        if !self.frame_mbs_only {
            bits.u(1, self.mbaff.into());
        }
        bits.u(1, 1).u(1, 0).u(1, 1);
        // VUI: no aspect, overscan, signal, chroma place, timing, nor HRD; pic_struct; no restriction.
        bits.u(7, 0).u(1, self.pic_struct.into()).u(1, 0).nal(0x67)
    }

    /// Refers to the sequence parameter set, whatever that is.
    pub(crate) fn pps() -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.ue(0).ue(0).u(1, 1).u(1, 0).ue(0).ue(0).ue(0).u(1, 0).u(2, 0).se(0).se(0).se(0).u(1, 0).u(1, 0).u(1, 0);
        bits.nal(0x68)
    }

    pub(crate) fn sets(self) -> ParameterSets<'static> {
        let mut sets = ParameterSets::default();
        sets.take(Nal::new(&self.sps(), 0), false).unwrap();
        sets.take(Nal::new(&Self::pps(), 0), false).unwrap();
        sets
    }

    pub(crate) fn slice(self, slice: Slice) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.ue(0).ue(slice.slice_type).ue(0).u(8, slice.frame_num);
        if !self.frame_mbs_only {
            match slice.structure {
                Structure::Frame => bits.u(1, 0),
                Structure::Top => bits.u(2, 0b10),
                Structure::Bottom => bits.u(2, 0b11),
            };
        }
        if slice.idr {
            bits.ue(0);
        }
        match self.order_type {
            0 => bits.u(8, slice.lsb),
            1 => bits.se(0),
            _ => &mut bits,
        };
        match slice.slice_type % 5 {
            0 => bits.u(1, 0).u(1, 0),
            1 => bits.u(1, 1).u(1, 0).u(1, 0).u(1, 0),
            _ => &mut bits,
        };
        if slice.idr {
            bits.u(2, 0);
        } else if slice.ref_idc != 0 {
            if slice.mmco5 {
                bits.u(1, 1).ue(1).ue(3).ue(5).ue(0)
            } else {
                bits.u(1, 0)
            };
        }
        // What would be slice data.
        bits.u(32, 0x8000_0001).u(32, 0).u(32, 0xdead_beef);
        bits.nal(slice.ref_idc << 5 | if slice.idr { 5 } else { 1 })
    }

    /// What the pictures of `samples` say, each given as its NAL units; sample n is shown at tick n. Frames that only
    /// follow say the same where they are but counted, and so do all where groups are not listed.
    pub(crate) fn video(self, samples: &[(Vec<Vec<u8>>, Labels)]) -> Video {
        let video = self.video_of(samples, false, true);
        assert_eq!(self.video_of(samples, true, true), video);
        let unlisted = Video { gops: Vec::new(), ..video.clone() };
        assert_eq!(self.video_of(samples, false, false), unlisted);
        assert_eq!(self.video_of(samples, true, false), unlisted);
        video
    }

    fn video_of(self, samples: &[(Vec<Vec<u8>>, Labels)], quickly: bool, lists_groups: bool) -> Video {
        let mut reader = PictureReader::new(4, self.sets());
        let mut facts = PictureFacts::new(25, &Container::from("trak"), lists_groups);
        let mut offset = 1000;
        for (index, (units, labels)) in samples.iter().enumerate() {
            let bytes = sample(units, 4);
            let info = SampleInfo {
                index: index as u64,
                offset,
                size: bytes.len() as u32,
                time: index as i64,
                labels: *labels,
            };
            offset += bytes.len() as u64;
            let head = Head { bytes: &bytes, size: info.size, held: bytes.len() as u64 };
            if quickly && labels.are_silent() && facts.follow(&mut reader, std::iter::once(head)).samples == 1 {
                continue;
            }
            let Ok((pictures, fault)) = reader.read(&mut Memory(&bytes));
            match fault {
                Some(fault) => facts.take_unreadable(&info, &fault),
                None => facts.take(&info, pictures),
            }
        }
        let mut video = Video::default();
        facts.lower(&mut video);
        video
    }
}

impl Slice {
    pub(crate) const fn new(slice_type: u32, ref_idc: u8, frame_num: u32, lsb: u32) -> Self {
        let structure = Structure::Frame;
        Self { slice_type, idr: false, ref_idc, frame_num, lsb, structure, mmco5: false }
    }

    pub(crate) const fn idr() -> Self {
        Self { idr: true, ..Self::new(I, 3, 0, 0) }
    }

    pub(crate) const fn of(self, structure: Structure) -> Self {
        Self { structure, ..self }
    }
}

/// NAL units with lengths in front of them.
pub(crate) fn sample(units: &[Vec<u8>], length_size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in units {
        bytes.extend(&(unit.len() as u32).to_be_bytes()[4 - length_size..]);
        bytes.extend(unit);
    }
    bytes
}

/// An SEI unit of one message.
pub(crate) fn message(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut rbsp = vec![kind, payload.len() as u8];
    rbsp.extend(payload);
    rbsp.push(0x80);
    escape(0x06, &rbsp)
}

/// A recovery point.
pub(crate) fn recovery_point(recovery_frame_cnt: u32) -> Vec<u8> {
    message(6, &BitWriter::default().ue(recovery_frame_cnt).u(1, 1).u(1, 0).u(2, 0).bytes())
}

/// Picture timing of a stream without HRD: one clock timestamp that tells `ct_type`, or none.
pub(crate) fn pic_timing(pic_struct: u32, ct_type: Option<u32>) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.u(4, pic_struct);
    if let Some(ct_type) = ct_type {
        bits.u(1, 1).u(2, ct_type).u(1, 0).u(5, 0).u(1, 0).u(2, 0).u(8, 7).u(1, 0).u(24, 0);
    }
    message(1, &bits.u(2, 0).bytes())
}

/// `stss` lists the sample, or leaves it out.
pub(crate) const fn listed(sync: bool) -> Labels {
    Labels { sync, source: SyncSource::Table, partial: false, random_access: None, dependency: 0 }
}

/// A sample in memory that hands out no more bytes than it is asked for.
pub(crate) struct Memory<'a>(pub(crate) &'a [u8]);

impl SampleBytes for Memory<'_> {
    type Error = Infallible;

    fn offset(&self) -> u64 {
        0
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn from(&mut self, at: u64, least: usize) -> Result<&[u8], Infallible> {
        let rest = &self.0[at as usize..];
        Ok(&rest[..least.min(rest.len())])
    }
}
