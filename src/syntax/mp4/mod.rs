//! MP4 and QuickTime: ISO base media (ISO/IEC 14496-12:2022) and the QuickTime file format.
//!
//! The headers of the top-level boxes are read one by one, then `moov` and every `moof` as a whole; nothing else.
//! Their tables are viewed where they stand and never expanded. One file a box or family of boxes; `facts` lowers a
//! track, and this file the movie.

mod access_units;
mod boxes;
mod clock;
mod cmov;
mod elst;
mod facts;
pub(crate) mod foreign;
mod fragments;
mod frame_rate;
mod ftyp;
mod groups;
mod head_reads;
mod heads;
mod kind;
mod labels;
mod location;
mod mdhd;
mod moof;
mod moov;
mod mvhd;
pub(crate) mod notes;
mod paths;
mod places;
mod presentation;
pub(crate) mod sample_entry;
pub(crate) mod samples;
mod shown;
mod stbl;
mod steady;
mod stsc;
mod stsd;
mod stsz;
mod stts;
mod sync_samples;
mod table;
mod tags;
mod time;
mod timeline;
mod tkhd;
mod trak;
mod trex;
mod vp9_head;
mod walk;

#[cfg(test)]
mod heads_film;
#[cfg(test)]
mod heads_tests;
#[cfg(test)]
mod tests;

pub(crate) use self::ftyp::probe;

use self::facts::Coding;
use self::moof::Fragments;
use self::moov::Moov;
use self::notes::Notes;
use self::samples::Samples;
use self::walk::{Layout, Place, walk};
use crate::facts::{Evidence, Fact, Facts, Format, FourCc, Movie, Track, TrackKind};
use crate::input::{Cursor, Reader, Stop};
use crate::syntax::few::Few;
use crate::units::Duration;

/// Reads the structure and fills the facts.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let mut anomalies = std::mem::take(&mut facts.anomalies);
    let result = read(reader, facts, &mut Notes::new(&mut anomalies));
    facts.anomalies = anomalies;
    result
}

fn read(reader: &mut Reader<'_>, facts: &mut Facts, notes: &mut Notes<'_>) -> Result<(), Stop> {
    if let Some(format) = still_image(reader) {
        facts.format = format;
        return Ok(());
    }
    let layout = walk(reader, notes)?;
    let brand = brand(reader, &layout)?;
    facts.format = match &brand {
        Fact::Known { value, .. } if *value != ftyp::QUICKTIME => Format::Mp4,
        // QuickTime has no fragments.
        _ if layout.segment || !layout.moofs.is_empty() => Format::Mp4,
        _ => Format::QuickTime,
    };
    let mut movie = Box::<Movie>::default();
    movie.brand = brand;
    movie.fragments = layout.moofs.len() as u64;
    let Some(place) = layout.moov else {
        if let Some(first) = layout.moofs.first() {
            movie.fragmented = Fact::known(true, Evidence::new(first.offset, "moof"));
            facts.movie = Some(movie);
        }
        if !layout.truncated {
            note_no_movie(&layout, reader.len(), notes);
        }
        return Ok(());
    };
    if place.cut {
        return Ok(());
    }
    movie.moov_at_end = Fact::known(
        layout.mdat.is_some_and(|mdat| mdat < place.offset) && layout.moofs.is_empty(),
        Evidence::new(place.offset, "moov"),
    );
    let bytes = reader.bytes(place.body(), place.body_size(), "moov")?;
    let body = Cursor::new(&bytes, place.body());
    let unpacked;
    let body = match cmov::find(body) {
        Some(cmov) => {
            unpacked = cmov::unpack(&cmov, reader)?;
            Cursor::unpacked(&unpacked, cmov.offset)
        }
        None => body,
    };
    let moov = Moov::read(body, place.offset, reader, notes)?;
    let fragments = fragments(&layout, &moov, reader, notes)?;
    lower(&layout, &moov, &fragments, &mut movie, facts.format, reader, notes)?;
    facts.movie = Some(movie);
    Ok(())
}

/// The format of an image that shares the container, told by its brands; no more of it is read.
fn still_image(reader: &Reader<'_>) -> Option<Format> {
    let (size, rest) = reader.prefix().split_first_chunk::<4>()?;
    let body = rest.strip_prefix(b"ftyp")?;
    let length = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX).saturating_sub(8);
    ftyp::image_format(body.get(..length).unwrap_or(body))
}

/// The major brand.
fn brand(reader: &mut Reader<'_>, layout: &Layout) -> Result<Fact<FourCc>, Stop> {
    let Some(place) = layout.ftyp else { return Ok(Fact::Absent) };
    if place.body_size() < 4 || place.body().saturating_add(4) > reader.len() {
        return Ok(Fact::unknown("the box ftyp holds no brand"));
    }
    let brand = FourCc(reader.array(place.body(), "ftyp.major_brand")?);
    Ok(Fact::known(brand, Evidence::new(place.body(), "ftyp.major_brand")))
}

fn note_no_movie(layout: &Layout, length: u64, notes: &mut Notes<'_>) {
    let (at, message, actual) = match layout.moofs.first() {
        Some(moof) => (moof.offset, "a media segment without its movie: only fragments are here", "a box moof"),
        None => (layout.junk.unwrap_or(length), "the file has no movie", "no such box"),
    };
    notes.malformed(Evidence::new(at, "moov"), message, "a box moov", actual);
}

/// Reads every `moof`, one at a time in the same memory.
fn fragments(
    layout: &Layout,
    moov: &Moov<'_>,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Result<Fragments, Stop> {
    if layout.moofs.is_empty() {
        return Ok(Fragments::none());
    }
    let mut fragments = Fragments::new(moov);
    let mut bytes = Vec::new();
    for place in layout.moofs.iter().filter(|place| !place.cut) {
        fill(place, &mut bytes, reader)?;
        fragments.add(Cursor::new(&bytes, place.body()), place.offset, moov, reader, notes)?;
    }
    Ok(fragments)
}

fn fill(place: &Place, bytes: &mut Vec<u8>, reader: &mut Reader<'_>) -> Result<(), Stop> {
    let stop = |exhausted| Stop::Budget { offset: place.offset, field: "moof", exhausted };
    reader.budget().structure(place.body_size()).map_err(stop)?;
    // Not above the length of the file, since the box is not cut.
    bytes.resize(usize::try_from(place.body_size()).unwrap_or(0), 0);
    reader.fill(place.body(), bytes, "moof")
}

fn lower(
    layout: &Layout,
    moov: &Moov<'_>,
    fragments: &Fragments,
    movie: &mut Movie,
    format: Format,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Result<(), Stop> {
    let first_moof = layout.moofs.first().map(|moof| Evidence::new(moof.offset, "moof"));
    let mvex = moov.mvex.map(|offset| Evidence::new(offset, "moov.mvex"));
    let fragmented = first_moof.or(mvex);
    movie.fragmented =
        Fact::known(fragmented.is_some(), fragmented.unwrap_or_else(|| Evidence::new(moov.offset, "moov")));
    movie.location = match &moov.location {
        Some((place, offset)) => Fact::known(place.clone(), Evidence::new(*offset, "moov.udta")),
        None => Fact::Absent,
    };
    movie.tags = reader.extras().tags.then(|| moov.tags());
    movie.declared_duration = declared_duration(moov, notes);
    let mut chapters: Vec<u32> =
        moov.traks.iter().flat_map(|trak| trak.chapters.as_chunks().0).map(|&id| u32::from_be_bytes(id)).collect();
    chapters.sort_unstable();
    let quicktime = format == Format::QuickTime;
    let context = facts::Context { moov, chapters: &chapters, quicktime };
    movie.tracks.reserve_exact(moov.traks.len());
    let mut codings = Few::default();
    for (index, trak) in moov.traks.iter().enumerate() {
        let samples = Samples { tables: &trak.stbl.tables, fragments: fragments.of(index) };
        // A track is large, and is lowered where it stays.
        movie.tracks.push(Track::new(index, TrackKind::Data));
        let Some(track) = movie.tracks.last_mut() else { break };
        let coding = facts::lower(&context, trak, &samples, track, reader, notes);
        access_units::look(&samples, &trak.container, track, &coding, reader)?;
        codings.push(coding);
    }
    look_at_pictures(moov, fragments, &codings, movie, reader, notes)?;
    (movie.duration, movie.duration_track) = duration(&movie.tracks);
    Ok(())
}

/// Looks at the coded pictures of the video track that is checked.
fn look_at_pictures(
    moov: &Moov<'_>,
    fragments: &Fragments,
    codings: &[Coding<'_>],
    movie: &mut Movie,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Result<(), Stop> {
    let Some(index) = movie.video_track().map(|track| track.index) else { return Ok(()) };
    let parts = (movie.tracks.get_mut(index), moov.traks.get(index), codings.get(index));
    let (Some(track), Some(boxes), Some(Coding { configs, external })) = parts else { return Ok(()) };
    let samples = Samples { tables: &boxes.stbl.tables, fragments: fragments.of(index) };
    let place = heads::Place { configs, external: *external, container: &boxes.container };
    heads::look(track, &samples, &place, reader, notes)?;
    if !external {
        vp9_head::look(track, &samples, &boxes.container, reader)?;
    }
    let timescale = track.timescale.value().copied().unwrap_or_default();
    if let Some(video) = track.video.as_deref_mut() {
        if reader.extras().timeline {
            video.timeline = timeline::timeline(&samples, timescale);
        }
        video.displayed = facts::displayed(video);
    }
    Ok(())
}

/// What `mvhd` and `mehd` declare, which decides nothing.
fn declared_duration(moov: &Moov<'_>, notes: &mut Notes<'_>) -> Fact<Duration> {
    let Some(header) = moov.mvhd else {
        let at = Evidence::new(moov.offset, "moov.mvhd");
        notes.malformed(at, "the movie lacks its header", "a box mvhd", "nothing that can be read");
        return Fact::unknown("the movie has no header that can be read");
    };
    let (ticks, at) = match (header.duration, moov.mehd) {
        (Some(0) | None, Some((ticks, at))) => (ticks, Evidence::new(at, "moov.mvex.mehd.fragment_duration")),
        (Some(ticks), _) => (ticks, Evidence::new(header.duration_at, "moov.mvhd.duration")),
        (None, None) => return Fact::Absent,
    };
    if header.timescale == 0 {
        let at = Evidence::new(header.timescale_at, "moov.mvhd.timescale");
        notes.tolerated(at, "the movie's clock stands still", "1 or more", "0");
    }
    match Duration::from_ticks(ticks, header.timescale) {
        Some(duration) => Fact::known(duration, at),
        None => Fact::unknown("the movie's clock stands still"),
    }
}

/// The longest of the enabled audio and video tracks, or of all of them where none is enabled, and which one it is.
fn duration(tracks: &[Track]) -> (Fact<Duration>, Option<usize>) {
    let media = tracks.iter().filter(|track| matches!(track.kind, TrackKind::Video | TrackKind::Audio));
    let any_enabled = media.clone().any(Track::is_enabled);
    let mut counted = media.filter(|track| track.is_enabled() || !any_enabled).peekable();
    if counted.peek().is_none() {
        return (Fact::unknown("there is no audio or video track"), None);
    }
    let mut longest: Option<(Duration, &Track)> = None;
    for track in counted {
        match &track.duration {
            Fact::Known { value, .. } if longest.is_none_or(|(duration, _)| *value > duration) => {
                longest = Some((*value, track));
            }
            Fact::Known { .. } => {}
            Fact::Absent | Fact::Unknown(_) => {
                return (Fact::unknown("the duration of one of its tracks is not known"), None);
            }
        }
    }
    match longest {
        Some((_, track)) => (track.duration.clone(), Some(track.index)),
        None => (Fact::unknown("there is no audio or video track"), None),
    }
}
