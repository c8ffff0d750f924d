//! Films of headers only, whose samples are looked at.

use std::cell::RefCell;

use super::fragments::TrackFragments;
use super::heads::{Place, look};
use super::notes::Notes;
use super::sample_entry::DecoderConfig;
use super::samples::{SampleTables, Samples};
use super::stsc::ChunkOffsets;
use super::stsz::{SampleSizes, stsz_body};
use super::sync_samples::SampleNumbers;
use super::table::Table;
use crate::facts::{Anomaly, Codec, Container, Evidence, Fact, FourCc, Track, TrackKind, Video};
use crate::input::{Budget, ByteRange, Cursor, Limits, Reader, Source, SourceError, Stop};
use crate::syntax::h264::synthetic::{PROGRESSIVE, Stream};
use crate::syntax::h264::{self, AvcConfig};

/// A film whose samples stand wherever the test puts them; sample n is shown at tick n.
#[derive(Clone)]
pub(super) struct Film {
    pub(super) bytes: Vec<u8>,
    /// Where the chunks stand.
    pub(super) offsets: Vec<u32>,
    /// The first of each run of chunks, counted from 1, and how many samples each of them has.
    pub(super) chunks: Vec<[u32; 2]>,
    pub(super) sizes: Vec<u32>,
    pub(super) sync: Vec<u32>,
    /// Whether there is a table besides that of sync samples, which is empty.
    pub(super) says_more: bool,
    pub(super) record: Vec<u8>,
    pub(super) encrypted: bool,
    pub(super) external: bool,
    pub(super) lists_groups: bool,
}

impl Film {
    /// Samples in decoding order, one after the other, each followed by `padding` bytes.
    pub(super) fn new(samples: &[Vec<u8>], padding: usize) -> Self {
        let mut film = Self {
            bytes: vec![0; 100],
            offsets: Vec::new(),
            chunks: vec![[1, 1]],
            sizes: Vec::new(),
            sync: vec![1],
            says_more: false,
            record: record(4, &[PROGRESSIVE.sps()], &[Stream::pps()]),
            encrypted: false,
            external: false,
            lists_groups: true,
        };
        for sample in samples {
            film.offsets.push(film.bytes.len() as u32);
            film.sizes.push(sample.len() as u32);
            film.bytes.extend(sample);
            film.bytes.resize(film.bytes.len() + padding, 0xee);
        }
        film
    }

    /// Puts the samples, which stand next to each other, into chunks of so many.
    pub(super) fn put_together(&mut self, counts: &[u32]) {
        let offsets = std::mem::take(&mut self.offsets);
        let mut left = &*offsets;
        self.chunks.clear();
        for &count in counts.iter().chain(std::iter::repeat(&1)) {
            let Some(&first) = left.first() else { break };
            self.offsets.push(first);
            self.chunks.push([self.offsets.len() as u32, count]);
            left = left.get(count as usize..).unwrap_or_default();
        }
    }

    pub(super) fn look(&self) -> (Video, Vec<Anomaly>, Vec<ByteRange>) {
        let source = Counting { bytes: &self.bytes, reads: RefCell::default() };
        let (video, anomalies) = self.look_at(&source, Limits::default()).ok().unwrap();
        (video, anomalies, source.reads.into_inner())
    }

    pub(super) fn look_at(&self, source: &dyn Source, limits: Limits) -> Result<(Video, Vec<Anomaly>), Stop> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let count = self.sizes.len() as u32;
        let stts = words(&[count, 1]);
        let stsc = words(&self.chunks.iter().flat_map(|&[first, count]| [first, count, 1]).collect::<Vec<_>>());
        let (stco, stss, stsz) = (words(&self.offsets), words(&self.sync), stsz_body(&self.sizes));
        let mut tables = SampleTables::empty();
        tables.stts = Table::read(&Cursor::new(&stts, 0), 1);
        tables.stsc = Table::read(&Cursor::new(&stsc, 0), self.chunks.len() as u32);
        tables.chunks = ChunkOffsets::Short(Table::read(&Cursor::new(&stco, 0), self.offsets.len() as u32));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(&stsz, 0)).unwrap();
        tables.stss = Some(SampleNumbers::new(Table::read(&Cursor::new(&stss, 0), self.sync.len() as u32)));
        tables.stps = self.says_more.then(|| SampleNumbers::new(Table::empty()));
        let fragments = TrackFragments::default();
        let samples = Samples { tables: &tables, fragments: &fragments };
        let mut track = Track::new(0, TrackKind::Video);
        let codec = Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: self.encrypted };
        track.codec = Fact::known(codec, Evidence::new(0, "avc1"));
        track.timescale = Fact::known(25, Evidence::new(0, "mdhd"));
        let mut video = Box::new(Video::default());
        let mut anomalies = Vec::new();
        let config = AvcConfig::parse(Cursor::new(&self.record, 0)).unwrap();
        h264::lower(&config, &Container::from("avcC"), &mut video, &mut anomalies);
        track.video = Some(video);
        let configs = [Some(DecoderConfig::Avc(config))];
        let place = Place { configs: &configs, external: self.external, container: &Container::from("trak") };
        let mut reader = Reader::new(source, Budget::new(limits))?;
        reader.list_groups(self.lists_groups);
        look(&mut track, &samples, &place, &mut reader, &mut Notes::new(&mut anomalies))?;
        Ok((*track.video.unwrap(), anomalies))
    }
}

/// `avcC` with NAL unit lengths of `length_size` bytes.
pub(super) fn record(length_size: u8, sps: &[Vec<u8>], pps: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![1, 77, 0, 30, 0xfc | (length_size - 1), 0xe0 | sps.len() as u8];
    let append = |sets: &[Vec<u8>], bytes: &mut Vec<u8>| {
        for set in sets {
            bytes.extend((set.len() as u16).to_be_bytes());
            bytes.extend(set);
        }
    };
    append(sps, &mut bytes);
    bytes.push(pps.len() as u8);
    append(pps, &mut bytes);
    bytes
}

/// Bytes that are read, and which of them were.
pub(super) struct Counting<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) reads: RefCell<Vec<ByteRange>>,
}

impl Source for Counting<'_> {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.reads.borrow_mut().push(ByteRange { start: offset, end: offset + buffer.len() as u64 });
        self.bytes.read_at(offset, buffer)
    }
}
