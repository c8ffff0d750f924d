//! Looks at the head of every sample of an H.264 track.
//!
//! Samples are taken in decoding order, some thousands at a time. The first bytes of each are asked for in the order
//! of the file, neighbours in one read; where a slice begins further on, past parameter sets or a long SEI, the lengths
//! of the NAL units lead there with further small reads.

use super::groups::GroupRange;
use super::head_reads::{HEAD, Heads, SampleHead, Wanted};
use super::labels::{LabelReader, labels};
use super::notes::Notes;
use super::sample_entry::DecoderConfig;
use super::samples::{Samples, Spots};
use super::stsc::Neighbours;
use super::stts::Times;
use crate::facts::{Container, Evidence, Track, Video};
use crate::input::{Reader, Stop};
use crate::syntax::anomaly;
use crate::syntax::h264::{
    self, AvcConfig, GivenSps, Head, Overrun, ParameterSets, PictureFacts, PictureReader, SampleFault, SampleInfo,
};

/// Where the samples of a track are, and what reading them needs.
pub(crate) struct Place<'c, 'm> {
    /// Decoder configurations by sample entry.
    pub(crate) configs: &'c [Option<DecoderConfig<'m>>],
    /// Whether the samples are in another file.
    pub(crate) external: bool,
    /// Path of the track.
    pub(crate) container: &'c Container,
}

/// Decides the facts of `track` that only its coded pictures tell.
///
/// Where they cannot be looked at, the facts say why. Errors: the source could not deliver.
pub(crate) fn look(
    track: &mut Track,
    samples: &Samples<'_>,
    place: &Place<'_, '_>,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Result<(), Stop> {
    let Place { configs, external, container } = *place;
    let encrypted = track.codec.value().is_some_and(|codec| codec.encrypted);
    let timescale = track.timescale.value().copied().unwrap_or_default();
    let Some(video) = track.video.as_deref_mut() else { return Ok(()) };
    let Some(config) = configs.iter().find_map(|config| avc(config.as_ref())) else { return Ok(()) };
    h264::decide_from_headers(config, samples.len(), samples.is_reordered(), container, video);
    if encrypted || external {
        let why = if encrypted { "the samples are encrypted" } else { "the samples are in another file" };
        h264::leave_unknown(video, why);
        return Ok(());
    }
    let mut readers: Vec<Option<PictureReader<'_>>> = configs.iter().map(|config| reader_of(config.as_ref())).collect();
    let mut look = Look {
        heads: Heads::default(),
        pictures: Pictures {
            facts: PictureFacts::new(timescale, container, reader.lists_groups()),
            first: None,
            broken: None,
            overrun: None,
        },
    };
    match look.all(samples, &mut readers, reader) {
        Ok(()) => {}
        Err(Stop::Source(error)) => return Err(Stop::Source(error)),
        Err(stop) => {
            notes.push(anomaly(&stop));
            h264::leave_unknown(video, "reading every sample would pass the budget of one file");
            return Ok(());
        }
    }
    let pictures = &mut look.pictures;
    pictures.note(container, notes);
    if let Some(first) = pictures.first {
        let lowered = config.sps.iter().find(|(_, set)| set.is_ok()).map(|(nal, _)| *nal);
        let others = readers.iter().enumerate().filter(|&(index, _)| index != first).map(|(_, reader)| reader);
        let used = readers.get(first).into_iter().chain(others).flatten().flat_map(PictureReader::used);
        lower_used_sets(used, lowered.map_or(&[], |nal| nal.bytes), container, video, notes);
    }
    pictures.facts.lower(video);
    Ok(())
}

/// Parameter sets in band may replace those of the container, and may change on the way: the one that the first picture
/// uses decides, and of those that later ones use what is harder to take. `lowered` is the one that was lowered.
fn lower_used_sets<'u>(
    mut used: impl Iterator<Item = &'u GivenSps<'u>>,
    lowered: &[u8],
    container: &Container,
    video: &mut Video,
    notes: &mut Notes<'_>,
) {
    let place = |given: &GivenSps<'_>| -> Container {
        format!("{container}.{}", if given.in_band { "sample" } else { "mdia.minf.stbl.stsd.avcC" }).into()
    };
    let Some(first) = used.next() else { return };
    if *first.bytes != *lowered {
        h264::lower_sps(&first.sps, first.nal(), &place(first), video);
    }
    for other in used.filter(|other| other.bytes != first.bytes) {
        if let Some((expected, actual)) = h264::widen(&other.sps, other.nal(), &place(other), video) {
            notes.tolerated(
                Evidence::within(other.offset, &place(other), "sps"),
                "the pictures change on the way",
                expected,
                actual,
            );
        }
    }
}

fn avc<'c, 'm>(config: Option<&'c DecoderConfig<'m>>) -> Option<&'c AvcConfig<'m>> {
    match config {
        Some(DecoderConfig::Avc(config)) => Some(config),
        _ => None,
    }
}

fn reader_of<'c>(config: Option<&'c DecoderConfig<'_>>) -> Option<PictureReader<'c>> {
    let config = avc(config)?;
    let mut sets = ParameterSets::default();
    // Sets that cannot be read were noted when the record was lowered, and are missed where a slice needs them.
    for (nal, set) in &config.sps {
        if let Ok(sps) = set {
            sets.take_sps(sps, *nal);
        }
    }
    for &nal in &config.pps {
        let _ = sets.take(nal, false);
    }
    Some(PictureReader::new(config.length_size, sets))
}

/// One pass over all samples.
struct Look {
    heads: Heads,
    pictures: Pictures,
}

impl Look {
    fn all(
        &mut self,
        samples: &Samples<'_>,
        readers: &mut [Option<PictureReader<'_>>],
        reader: &mut Reader<'_>,
    ) -> Result<(), Stop> {
        reader.visit(samples.len(), 0, "samples")?;
        let mut labels = labels(samples);
        // Where all of the file is in memory there are no reads to plan.
        if reader.is_held() {
            return self.pictures.take_held(samples, labels, readers, reader);
        }
        let mut rest = (0..).zip(samples.iter());
        loop {
            self.heads.wanted.clear();
            let next = rest.by_ref().take(BATCH);
            self.heads.wanted.extend(next.map(|(index, sample)| Wanted::new(index, &sample, &mut labels)));
            if self.heads.wanted.is_empty() {
                return Ok(());
            }
            self.heads.read(reader)?;
            let Self { heads, pictures } = self;
            for wanted in &heads.wanted {
                // A sample without bytes stands for a time in which nothing new is shown.
                if wanted.info.size > 0 {
                    let head = heads.bytes.get(wanted.head.clone()).unwrap_or_default();
                    pictures.take(wanted, head, readers, reader)?;
                }
            }
        }
    }
}

/// What the samples that were read say.
struct Pictures {
    facts: PictureFacts,
    /// Sample entry, counted from 0, of the first picture.
    first: Option<usize>,
    /// The first sample whose NAL units cannot be told apart.
    broken: Option<(SampleInfo, SampleFault)>,
    /// The first slice that leads past the end of its sample.
    overrun: Option<Overrun>,
}

impl Pictures {
    /// Reads the pictures of all samples, each where it stands in memory.
    fn take_held<'m>(
        &mut self,
        samples: &Samples<'m>,
        mut labels: LabelReader<'m, impl Iterator<Item = GroupRange>>,
        readers: &mut [Option<PictureReader<'_>>],
        reader: &mut Reader<'_>,
    ) -> Result<(), Stop> {
        let mut times = Times::new(samples.time_runs());
        let (mut timed, mut next) = (0, 0);
        let mut spots = samples.spots();
        loop {
            if labels.tell_only_sync() {
                next += self.take_neighbours(&mut spots, readers, reader)?;
            }
            let Some(spot) = spots.next() else { break };
            let index = next;
            next = index + 1;
            if spot.size == 0 {
                continue;
            }
            let rest = reader.held_from(spot.offset);
            let size = u64::from(spot.size).min(rest.len() as u64);
            let head = rest.get(..size.min(HEAD) as usize).unwrap_or_default();
            reader.count(spot.offset, head.len() as u64, "sample")?;
            // What there is to say of a sample is put together only where it does not just follow on the one before.
            let description = usize::from(spot.description).wrapping_sub(1);
            if labels.are_silent(index, spot.sync, spot.dependency)
                && self.take_follower(Head { bytes: head, size: spot.size, held: size }, description, readers)
            {
                continue;
            }
            let time = times.after(index - timed).map_or(0, |time| time.composition);
            timed = next;
            let labels = labels.of(index, spot.sync, spot.dependency);
            let info = SampleInfo { index, offset: spot.offset, size: spot.size, time, labels };
            self.take_any(&info, description, head, readers, reader)?;
        }
        for (index, sample) in (next..).zip(samples.fragment_samples()) {
            let wanted = Wanted::new(index, &sample, &mut labels);
            if sample.size > 0 {
                let head = reader.held(sample.offset, wanted.length(reader.len()), "sample")?;
                self.take(&wanted, head.unwrap_or_default(), readers, reader)?;
            }
        }
        Ok(())
    }

    /// Reads the pictures of the next samples that stand next to each other, as long as each just follows on the one before.
    /// Returns how many.
    fn take_neighbours(
        &mut self,
        spots: &mut Spots<'_>,
        readers: &mut [Option<PictureReader<'_>>],
        reader: &mut Reader<'_>,
    ) -> Result<u64, Stop> {
        let Some(Neighbours { offset, sizes, description }) = spots.neighbours() else { return Ok(0) };
        let pictures = readers.get_mut((description as usize).wrapping_sub(1));
        let Some(Some(pictures)) = pictures else { return Ok(0) };
        // Where the budget may not last for all of them, it says with which one it ends.
        if !reader.allows(offset, (sizes.len() as u64).saturating_mul(HEAD)) {
            return Ok(0);
        }
        let mut rest = reader.held_from(offset);
        let heads = sizes.iter().map(move |&size| {
            let size = u32::from_be_bytes(size);
            let (sample, behind) = rest.split_at_checked(size as usize).unwrap_or((rest, &[]));
            rest = behind;
            let held = sample.len() as u64;
            Head { bytes: sample.get(..held.min(HEAD) as usize).unwrap_or_default(), size, held }
        });
        let followed = self.facts.follow(pictures, heads);
        reader.count(offset, followed.looked_at, "sample")?;
        spots.pass(followed.samples, followed.bytes);
        Ok(followed.samples.into())
    }

    /// Reads the picture of a sample whose labels are silent, where that just follows on the one before. Returns whether it does.
    #[inline]
    fn take_follower(&mut self, head: Head<'_>, description: usize, readers: &mut [Option<PictureReader<'_>>]) -> bool {
        let Some(Some(pictures)) = readers.get_mut(description) else { return false };
        self.facts.follow(pictures, std::iter::once(head)).samples > 0
    }

    /// Reads the pictures of one sample.
    fn take(
        &mut self,
        wanted: &Wanted,
        head: &[u8],
        readers: &mut [Option<PictureReader<'_>>],
        reader: &mut Reader<'_>,
    ) -> Result<(), Stop> {
        let info = &wanted.info;
        let held = u64::from(info.size).min(reader.len().saturating_sub(info.offset));
        if info.labels.are_silent()
            && self.take_follower(Head { bytes: head, size: info.size, held }, wanted.description, readers)
        {
            return Ok(());
        }
        self.take_any(info, wanted.description, head, readers, reader)
    }

    /// The same of a sample that does not just follow on the one before.
    #[inline(never)]
    fn take_any(
        &mut self,
        info: &SampleInfo,
        description: usize,
        head: &[u8],
        readers: &mut [Option<PictureReader<'_>>],
        reader: &mut Reader<'_>,
    ) -> Result<(), Stop> {
        let left = reader.len().saturating_sub(info.offset);
        if left == 0 {
            self.facts.take_unreadable(info, &"it lies past the end of the file");
            return Ok(());
        }
        let Some(Some(pictures)) = readers.get_mut(description) else {
            self.facts.take_unreadable(info, &"its sample entry holds no configuration of H.264 that can be read");
            return Ok(());
        };
        let size = u64::from(info.size).min(left);
        if let Some(picture) = pictures.read_frame(head, size) {
            self.first.get_or_insert(description);
            self.facts.take(info, std::slice::from_ref(&picture));
            return Ok(());
        }
        let mut sample = SampleHead::new(info.offset, size, head, reader);
        let (found, fault) = pictures.read(&mut sample)?;
        if self.first.is_none() && !found.is_empty() {
            self.first = Some(description);
        }
        match fault {
            None => self.facts.take(info, found),
            Some(_) if size < u64::from(info.size) => {
                self.facts.take_unreadable(info, &"it is cut off by the end of the file");
            }
            Some(fault) => {
                self.facts.take_unreadable(info, &fault);
                if self.broken.is_none() && !matches!(fault, SampleFault::Slice(_)) {
                    self.broken = Some((*info, fault));
                }
            }
        }
        if size == u64::from(info.size) && self.overrun.is_none() {
            self.overrun = pictures.overrun();
        }
        Ok(())
    }

    /// Notes samples that no decoder can take apart, and those of which it loses a picture.
    fn note(&self, container: &Container, notes: &mut Notes<'_>) {
        if let Some(overrun) = self.overrun {
            notes.tolerated(
                Evidence::within(overrun.offset, &format!("{container}.sample").into(), "NALUnitLength"),
                "a slice leads past the end of its sample; decoders lose its picture",
                format!("at most {} bytes", overrun.left),
                format!("{} bytes", overrun.length),
            );
        }
        let Some((info, fault)) = &self.broken else { return };
        let at = Evidence::named(info.offset, format!("{container}.sample[{}]", info.index));
        let actual = fault.to_string();
        notes.malformed(at, "a sample cannot be taken apart", "NAL units, each with its length in front", actual);
    }
}

/// Samples that are looked at together: some hundred kilobytes of heads.
const BATCH: usize = 4096;
