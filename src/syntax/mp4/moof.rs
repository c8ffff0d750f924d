//! Movie fragments: `moof`, `traf`, `tfhd`, `tfdt`, `trun` (ISO/IEC 14496-12:2022 8.8.4 to 8.8.12).

use super::boxes::{Boxes, ChildBox};
use super::fragments::{Fields, Run, TrackFragments};
use super::groups::{Descriptions, Membership, RAP};
use super::moov::Moov;
use super::notes::Notes;
use super::samples::SampleTables;
use super::table::{full_box, word};
use super::trex::Trex;
use crate::facts::{Anomaly, AnomalyKind, Evidence};
use crate::input::{Cursor, CursorEnded, Reader, Stop};

/// The fragments of all tracks, in the order of `moov.trak`.
#[derive(Clone, Debug)]
pub(crate) struct Fragments {
    /// One entry a track; none at all where there are no fragments.
    tracks: Vec<TrackFragments>,
    /// Identifiers of the tracks, sorted, and their indices.
    ids: Vec<(u32, usize)>,
    defaults: Vec<Trex>,
}

impl Fragments {
    /// No fragment for any track, and none to come.
    pub(crate) const fn none() -> Self {
        Self { tracks: Vec::new(), ids: Vec::new(), defaults: Vec::new() }
    }

    /// No fragment yet for any track of `moov`.
    pub(crate) fn new(moov: &Moov<'_>) -> Self {
        let mut ids: Vec<_> =
            moov.traks.iter().enumerate().filter_map(|(index, trak)| Some((trak.tkhd?.track_id, index))).collect();
        ids.sort_unstable();
        let mut defaults = moov.trexs.clone();
        defaults.sort_by_key(|trex| trex.track_id);
        let tracks = moov.traks.iter().map(|trak| {
            let decode_end = decode_end(&trak.stbl.tables);
            TrackFragments { decode_end, ..TrackFragments::default() }
        });
        Self { tracks: tracks.collect(), ids, defaults }
    }

    /// Those of the track at `index`.
    pub(crate) fn of(&self, index: usize) -> &TrackFragments {
        self.tracks.get(index).unwrap_or(&NONE)
    }

    /// Adds the body of a `moof` whose header stands at `offset`.
    pub(crate) fn add(
        &mut self,
        body: Cursor<'_>,
        offset: u64,
        moov: &Moov<'_>,
        reader: &mut Reader<'_>,
        notes: &mut Notes<'_>,
    ) -> Result<(), Stop> {
        let mut data_end = offset;
        for child in Boxes::new(body) {
            let result = match child {
                Ok(child) if child.kind.0 == *b"traf" => {
                    reader.visit(1, child.offset, "moof.traf")?;
                    self.add_traf(&child, (offset, &mut data_end), moov, reader, notes)?
                }
                Ok(_) => Ok(()),
                Err(ended) => Err(CursorEnded { field: "moof.box.size", ..ended }),
            };
            if let Err(ended) = result {
                note_ended(ended, notes);
            }
        }
        Ok(())
    }

    fn track(&self, track_id: u32) -> Option<usize> {
        let at = self.ids.partition_point(|&(id, _)| id < track_id);
        self.ids.get(at).filter(|(id, _)| *id == track_id).map(|&(_, index)| index)
    }

    fn default(&self, track_id: u32) -> Trex {
        let at = self.defaults.partition_point(|trex| trex.track_id < track_id);
        let found = self.defaults.get(at).filter(|trex| trex.track_id == track_id);
        found.copied().unwrap_or(Trex { track_id, description: 1, ..Trex::default() })
    }

    /// Adds one `traf`. `data` is the offset of the `moof`, and where the data of the `traf` before it end.
    fn add_traf(
        &mut self,
        traf: &ChildBox<'_>,
        (fragment, data_end): (u64, &mut u64),
        moov: &Moov<'_>,
        reader: &mut Reader<'_>,
        notes: &mut Notes<'_>,
    ) -> Result<Result<(), CursorEnded>, Stop> {
        let find = |kind: &[u8; 4]| Boxes::new(traf.body).map_while(Result::ok).find(|child| child.kind.0 == *kind);
        let Some(tfhd) = find(b"tfhd") else {
            notes.malformed(Evidence::new(traf.offset, "moof.traf"), "a track fragment has no header", "tfhd", "none");
            return Ok(Ok(()));
        };
        let header = match Tfhd::read(tfhd.body) {
            Ok(header) => header,
            Err(ended) => return Ok(Err(ended)),
        };
        let Some(index) = self.track(header.track_id) else {
            notes.malformed(
                Evidence::new(tfhd.body.offset_after(4), "moof.traf.tfhd.track_ID"),
                "a fragment belongs to a track that the movie does not have",
                "the identifier of a track",
                header.track_id.to_string(),
            );
            return Ok(Ok(()));
        };
        let defaults = header.over(self.default(header.track_id));
        let Some(track) = self.tracks.get_mut(index) else { return Ok(Ok(())) };
        let first_sample = track.samples.saturating_add(moov.traks.get(index).map_or(0, |t| t.stbl.tables.sizes.len()));
        if let Some(tfdt) = find(b"tfdt") {
            match read_tfdt(tfdt.body) {
                Ok(time) => track.decode_end = time,
                Err(ended) => return Ok(Err(ended)),
            }
        }
        // Without a base the first fragment of a track counts from the moof, the next ones from where the last ended.
        let base = header.base_data_offset.unwrap_or(if header.base_is_moof { fragment } else { *data_end });
        let mut next = base;
        let mut result = Ok(());
        for child in Boxes::new(traf.body) {
            match child {
                Ok(child) if child.kind.0 == *b"trun" => {
                    reader.visit(1, child.offset, "moof.traf.trun")?;
                    match add_run(track, &child, &defaults, (base, &mut next), notes) {
                        Ok(()) => {}
                        Err(ended) => result = Err(ended),
                    }
                    check_memory(track, child.offset, reader)?;
                }
                Ok(_) => {}
                Err(ended) => result = Err(CursorEnded { field: "moof.traf.box.size", ..ended }),
            }
        }
        *data_end = next;
        add_groups(track, traf.body, first_sample, moov.traks.get(index).map(|trak| &trak.stbl.tables));
        check_memory(track, traf.offset, reader)?;
        Ok(result)
    }
}

static NONE: TrackFragments = TrackFragments::none();

/// Decoding time at which the samples of the tables end.
pub(crate) fn decode_end(tables: &SampleTables<'_>) -> u64 {
    let mut left = tables.sizes.len();
    tables.stts.entries().iter().fold(0, |end: u64, entry| {
        let count = left.min(u64::from(word(entry, 0)));
        left -= count;
        end.saturating_add(count.saturating_mul(u64::from(word(entry, 4))))
    })
}

/// The header of a track fragment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tfhd {
    track_id: u32,
    base_data_offset: Option<u64>,
    base_is_moof: bool,
    description: Option<u32>,
    duration: Option<u32>,
    size: Option<u32>,
    flags: Option<u32>,
}

impl Tfhd {
    fn read(mut body: Cursor<'_>) -> Result<Self, CursorEnded> {
        let (_, flags) = full_box(&mut body, "moof.traf.tfhd.flags")?;
        let track_id = body.u32("moof.traf.tfhd.track_ID")?;
        let base_data_offset = match flags & 1 {
            1 => Some(body.u64("moof.traf.tfhd.base_data_offset")?),
            _ => None,
        };
        let mut optional = |bit: u32, field| if flags & bit == 0 { Ok(None) } else { body.u32(field).map(Some) };
        Ok(Self {
            track_id,
            base_data_offset,
            base_is_moof: flags & 0x2_0000 != 0,
            description: optional(2, "moof.traf.tfhd.sample_description_index")?,
            duration: optional(8, "moof.traf.tfhd.default_sample_duration")?,
            size: optional(0x10, "moof.traf.tfhd.default_sample_size")?,
            flags: optional(0x20, "moof.traf.tfhd.default_sample_flags")?,
        })
    }

    /// The defaults of the movie with those that this fragment gives itself.
    fn over(&self, trex: Trex) -> Trex {
        Trex {
            track_id: self.track_id,
            description: self.description.unwrap_or(trex.description),
            duration: self.duration.unwrap_or(trex.duration),
            size: self.size.unwrap_or(trex.size),
            flags: self.flags.unwrap_or(trex.flags),
        }
    }
}

/// Reads the body of `tfdt`: the decoding time of the fragment's first sample.
fn read_tfdt(mut body: Cursor<'_>) -> Result<u64, CursorEnded> {
    const FIELD: &str = "moof.traf.tfdt.baseMediaDecodeTime";
    let (version, _) = full_box(&mut body, "moof.traf.tfdt.version")?;
    if version == 1 { body.u64(FIELD) } else { body.u32(FIELD).map(u64::from) }
}

/// Adds one `trun`. `data` is the base of its offset, and where the run before it ends.
fn add_run(
    track: &mut TrackFragments,
    trun: &ChildBox<'_>,
    defaults: &Trex,
    (base, next): (u64, &mut u64),
    notes: &mut Notes<'_>,
) -> Result<(), CursorEnded> {
    let mut body = trun.body;
    let (_, flags) = full_box(&mut body, "moof.traf.trun.flags")?;
    let count_at = body.offset();
    let claimed = body.u32("moof.traf.trun.sample_count")?;
    let data_offset = match flags & 1 {
        1 => base.saturating_add_signed(i64::from(body.i32("moof.traf.trun.data_offset")?)),
        _ => *next,
    };
    let first_flags = match flags & 4 {
        4 => Some(body.u32("moof.traf.trun.first_sample_flags")?),
        _ => None,
    };
    let fields = Fields(flags);
    let held = body.remaining().checked_div(fields.entry_bytes());
    let held = held.map_or(u32::MAX, |held| u32::try_from(held).unwrap_or(u32::MAX));
    let sample_count = claimed.min(held);
    if sample_count < claimed {
        notes.malformed(
            Evidence::new(count_at, "moof.traf.trun.sample_count"),
            "the run claims more samples than it holds",
            format!("at most {held} samples"),
            format!("{claimed} samples"),
        );
    }
    let run = Run {
        decode_time: track.decode_end,
        data_offset,
        at: trun.offset,
        entries: track.entries.len(),
        sample_count,
        description: defaults.description,
        default_duration: defaults.duration,
        default_size: defaults.size,
        default_flags: defaults.flags,
        first_flags,
        fields,
    };
    let length = usize::try_from(sample_count).unwrap_or(usize::MAX).saturating_mul(fields.entry_bytes());
    track.entries.extend_from_slice(body.take(length, "moof.traf.trun.sample_count")?);
    *next = track.push(run);
    Ok(())
}

/// Adds the groups of random access points that a track fragment puts its samples in, by descriptions of its own or of the movie.
fn add_groups(track: &mut TrackFragments, traf: Cursor<'_>, first: u64, tables: Option<&SampleTables<'_>>) {
    let boxes = |kind: [u8; 4]| Boxes::new(traf).map_while(Result::ok).filter(move |child| child.kind.0 == kind);
    let own =
        boxes(*b"sgpd").filter_map(|child| Descriptions::read(child.body).ok()).find(|own| own.grouping_type == RAP);
    let of_movie = tables.and_then(|tables| tables.rap.descriptions);
    let memberships = boxes(*b"sbgp").filter_map(|child| Membership::read(child.body).ok());
    for membership in memberships.filter(|membership| membership.grouping_type == RAP) {
        // Indices above 0x10000 are those of the fragment itself (ISO/IEC 14496-12:2022 8.9.4).
        track.rap.extend(membership.ranges(first, |index| match index.checked_sub(0x1_0000) {
            Some(index) => own?.value(index),
            None => of_movie?.value(index),
        }));
    }
}

/// Stops where the fragments of one track take more memory than the budget allows for a structure.
fn check_memory(track: &TrackFragments, offset: u64, reader: &mut Reader<'_>) -> Result<(), Stop> {
    let field = "moof.traf.trun";
    reader.budget().structure(track.held()).map_err(|exhausted| Stop::Budget { offset, field, exhausted })
}

fn note_ended(ended: CursorEnded, notes: &mut Notes<'_>) {
    notes.push(Anomaly::new(
        AnomalyKind::Malformed,
        Evidence::new(ended.offset, ended.field),
        "the box ends inside a field",
        format!("{} bytes", ended.expected),
        format!("{} bytes", ended.actual),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_fragment_header_overrides_the_defaults() {
        let trex = Trex { track_id: 1, description: 1, duration: 2, size: 3, flags: 4 };
        let header = Tfhd::read(Cursor::new(b"\0\x02\0\x28\0\0\0\x01\0\0\x02\0\0\0\0\x07", 0)).unwrap();
        assert!(header.base_is_moof && header.base_data_offset.is_none());
        let expected = Trex { track_id: 1, description: 1, duration: 512, size: 3, flags: 7 };
        assert_eq!(header.over(trex), expected);
        let whole = b"\0\0\0\x3b\0\0\0\x01\0\0\0\0\0\0\x10\0\0\0\0\x01\0\0\x02\0\0\0\0\x09\0\0\0\x07";
        let header = Tfhd::read(Cursor::new(whole, 0)).unwrap();
        assert_eq!((header.base_data_offset, header.size), (Some(4096), Some(9)));
        for length in 0..whole.len() {
            assert!(Tfhd::read(Cursor::new(&whole[..length], 0)).unwrap_err().field.starts_with("moof.traf.tfhd."));
        }
    }

    #[test]
    fn the_decoding_time_is_read_in_both_versions() {
        assert_eq!(read_tfdt(Cursor::new(b"\0\0\0\0\0\0\x32\0", 0)), Ok(12_800));
        assert_eq!(read_tfdt(Cursor::new(b"\x01\0\0\0\0\0\0\x01\0\0\0\0", 0)), Ok(1 << 32));
        assert!(read_tfdt(Cursor::new(b"\x01\0\0\0\0\0\0\x01\0\0\0", 0)).is_err());
    }

    fn run(bytes: &[u8], track: &mut TrackFragments, notes: &mut Vec<Anomaly>) -> Result<u64, CursorEnded> {
        let trun = Boxes::new(Cursor::new(bytes, 500)).next().unwrap().unwrap();
        let defaults = Trex { track_id: 1, description: 1, duration: 512, size: 10, flags: 0 };
        let mut next = 1000;
        add_run(track, &trun, &defaults, (1000, &mut next), &mut Notes::new(notes))?;
        Ok(next)
    }

    #[test]
    fn runs_follow_each_other() {
        let mut track = TrackFragments { decode_end: 100, ..TrackFragments::default() };
        let mut notes = Vec::new();
        // Two samples with sizes and composition offsets, from 200 bytes after the base.
        let first = b"\0\0\0\x24trun\x01\0\x0a\x01\0\0\0\x02\0\0\0\xc8\0\0\0\x05\0\0\x04\0\0\0\0\x06\xff\xff\xfe\0";
        assert_eq!(run(first, &mut track, &mut notes), Ok(1211));
        // Three samples by default, right behind.
        assert_eq!(run(b"\0\0\0\x10trun\0\0\0\0\0\0\0\x03", &mut track, &mut notes), Ok(1030));
        assert_eq!((track.samples, track.bytes, track.decode_end), (5, 41, 100 + 5 * 512));
        assert_eq!(track.composition_end, Some(100 + 5 * 512));
        let compositions: Vec<_> = track.samples_of(&track.runs[0]).map(|s| (s.offset, s.time.composition)).collect();
        assert_eq!(compositions, [(1200, 1124), (1205, 100)]);
        assert!(notes.is_empty());
    }

    #[test]
    fn a_run_is_cut_to_what_it_holds() {
        let mut track = TrackFragments::default();
        let mut notes = Vec::new();
        run(b"\0\0\0\x15trun\0\0\x02\0\xff\xff\xff\xff\0\0\0\x05\x06", &mut track, &mut notes).unwrap();
        assert_eq!((track.samples, notes.len()), (1, 1));
        assert_eq!((&*notes[0].expected, &*notes[0].actual), ("at most 1 samples", "4294967295 samples"));
        // Without entries four thousand million samples cost nothing.
        run(b"\0\0\0\x10trun\0\0\0\0\xff\xff\xff\xff", &mut track, &mut notes).unwrap();
        assert_eq!((track.samples, notes.len()), (1 << 32, 1));
        let whole = b"\0\0\0\x18trun\0\0\0\x05\0\0\0\x01\0\0\0\x08\0\0\0\0";
        for length in 8..whole.len() {
            let mut cut = whole[..length].to_vec();
            cut[3] = length as u8;
            assert!(run(&cut, &mut TrackFragments::default(), &mut notes).is_err());
        }
    }
}
