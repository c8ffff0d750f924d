//! A look into a few access units of AAC, for extensions that only they tell of.

use super::facts::Coding;
use super::sample_entry::DecoderConfig;
use super::samples::{Sample, Samples};
use crate::facts::{Audio, Container, Evidence, Extension, Fact, Track, TrackKind};
use crate::input::{Reader, Stop};
use crate::syntax::aac::{AudioSpecificConfig, find_extensions};

/// Where the configuration of an enabled AAC LC track leaves open whether it has SBR, looks for it in eight access
/// units: the first two, and six spread over the track.
pub(super) fn look(
    samples: &Samples<'_>,
    container: &Container,
    track: &mut Track,
    coding: &Coding<'_>,
    reader: &mut Reader<'_>,
) -> Result<(), Stop> {
    let encrypted = track.codec.value().is_none_or(|codec| codec.encrypted);
    if track.kind != TrackKind::Audio || !track.is_enabled() || encrypted || coding.external {
        return Ok(());
    }
    let Some(audio) = track.audio.as_deref_mut().filter(|audio| is_open(audio)) else {
        return Ok(());
    };
    let Some(last) = samples.len().min(FARTHEST).checked_sub(1) else {
        audio.sbr = Fact::unknown("there is no access unit that would tell of implicit SBR");
        return Ok(());
    };
    reader.visit(last, 0, "access units")?;
    let mut found = Found::default();
    let mut iterator = samples.iter();
    let mut next = 0;
    for index in chosen(last) {
        let Some(sample) = usize::try_from(index - next).ok().and_then(|gap| iterator.nth(gap)) else { break };
        next = index + 1;
        let config = usize::from(sample.description).checked_sub(1).and_then(|place| coding.configs.get(place));
        let Some(Some(DecoderConfig::Aac(config))) = config else { continue };
        found.read(index, sample, config, container, reader)?;
        if found.sbr.is_some() {
            break;
        }
    }
    found.lower(audio);
    Ok(())
}

/// Samples behind this one are not looked for: a film of six hours has fewer access units.
const FARTHEST: u64 = 1 << 20;

/// More than the 6144 bits a channel that an access unit may take, for 48 channels (ISO/IEC 14496-3:2019 4.5.3).
const LARGEST: u32 = 48 * 768;

/// Whether only the access units tell, and they can: those of AAC LC are read.
fn is_open(audio: &Audio) -> bool {
    let core = audio.object_type.value() == Some(&LOW_COMPLEXITY);
    core && (matches!(audio.sbr, Fact::Unknown(_)) || matches!(audio.channels, Fact::Unknown(_)))
}

const LOW_COMPLEXITY: u8 = 2;

/// Up to eight indices in growing order, the last among them.
fn chosen(last: u64) -> impl Iterator<Item = u64> {
    let spread = (1..=6).map(move |place| last * place / 6);
    let mut before = None;
    [0, last.min(1)].into_iter().chain(spread).filter(move |&index| {
        let new = before.is_none_or(|before| index > before);
        before = if new { Some(index) } else { before };
        new
    })
}

/// What the access units told so far.
#[derive(Default)]
struct Found {
    /// Where the first unit that was read stands.
    first: Option<Evidence>,
    /// Where SBR was found.
    sbr: Option<Evidence>,
    /// Channels of all units, where they agree.
    channels: Option<u16>,
    /// The first unit that could not be read, and why.
    fault: Option<String>,
}

impl Found {
    fn read(
        &mut self,
        index: u64,
        sample: Sample,
        config: &AudioSpecificConfig,
        container: &Container,
        reader: &mut Reader<'_>,
    ) -> Result<(), Stop> {
        let Sample { offset, size, .. } = sample;
        let fault = match size {
            // An empty sample is a gap.
            0 => return Ok(()),
            1..=LARGEST => match reader.bytes(offset, u64::from(size), "access unit") {
                Ok(unit) => match find_extensions(&unit, config) {
                    Ok(contents) => {
                        let at = Evidence::within(offset, container, "access_unit");
                        if contents.sbr {
                            self.sbr = Some(Evidence::within(offset, container, "access_unit.fill_element"));
                        }
                        if self.first.is_none() {
                            self.channels = Some(contents.channels);
                        } else if self.channels != Some(contents.channels) {
                            self.channels = None;
                        }
                        self.first.get_or_insert(at);
                        return Ok(());
                    }
                    Err(fault) => fault.to_string(),
                },
                Err(Stop::EndOfFile { .. }) => "it lies past the end of the file".to_owned(),
                Err(stop) => return Err(stop),
            },
            _ => format!("{size} bytes are more than one of AAC can have"),
        };
        self.fault.get_or_insert_with(|| format!("access unit {index} at offset {offset} cannot be read: {fault}"));
        Ok(())
    }

    fn lower(self, audio: &mut Audio) {
        let open = matches!(audio.sbr, Fact::Unknown(_));
        if let (Fact::Unknown(_), Some(channels), Some(at)) = (&audio.channels, self.channels, &self.first) {
            audio.channels = Fact::known(channels, at.clone());
        }
        match (self.sbr, self.fault, self.first) {
            _ if !open => {}
            (Some(at), ..) => {
                audio.sbr = Fact::known(Extension::Implicit, at);
                audio.ps = Fact::unknown("PS would stand inside the SBR data, which are not read");
            }
            (None, Some(why), _) => audio.sbr = Fact::unknown(why),
            (None, None, Some(at)) => {
                audio.sbr = Fact::known(Extension::None, at.clone());
                audio.ps = Fact::known(Extension::None, at);
            }
            (None, None, None) => {
                audio.sbr = Fact::unknown("there is no access unit that would tell of implicit SBR");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Limits;
    use crate::syntax::aac::tests::{HE_MONO, LC_24K, units};

    fn boxed(kind: &str, body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind.as_bytes(), body].concat()
    }

    fn words(kind: &str, words: &[u32]) -> Vec<u8> {
        let body: Vec<u8> = std::iter::once(&0).chain(words).flat_map(|word| word.to_be_bytes()).collect();
        boxed(kind, &body)
    }

    /// A movie of one AAC track whose decoder configuration is `specific`.
    fn movie(object_type: u8, specific: &[u8], units: &[&[u8]]) -> Vec<u8> {
        let length = specific.len() as u8;
        let head = [0, 0, 0, 0, 3, 20 + length, 0, 1, 0, 4, 15 + length, object_type, 0x15];
        let esds = boxed("esds", &[&head[..], &[0; 11], &[5, length], specific].concat());
        let fields = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, 0, 0, 0, 0x5d, 0xc0, 0, 0];
        let entry = boxed("mp4a", &[&fields[..], &esds].concat());
        let sizes: Vec<u32> = units.iter().map(|unit| unit.len() as u32).collect();
        let count = sizes.len() as u32;
        let stbl = [
            boxed("stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &entry].concat()),
            words("stts", &[1, count, 1024]),
            words("stsc", &[1, 1, count, 1]),
            words("stsz", &[&[0, count][..], &sizes].concat()),
            words("stco", &[1, 16]),
        ];
        let mdia = [
            words("mdhd", &[0, 0, 24_000, 0, 0x55c4_0000]),
            boxed("hdlr", b"\0\0\0\0\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            boxed("minf", &boxed("stbl", &stbl.concat())),
        ];
        let tkhd = [3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000, 0, 0];
        let tkhd: Vec<u8> = tkhd.into_iter().flat_map(u32::to_be_bytes).collect();
        let trak = boxed("trak", &[boxed("tkhd", &tkhd), boxed("mdia", &mdia.concat())].concat());
        let mdat = boxed("mdat", &units.concat());
        let moov = boxed("moov", &[words("mvhd", &[0, 0, 1000, 0]), trak].concat());
        [boxed("free", &[]), mdat, moov].concat()
    }

    fn audio(movie: &[u8]) -> Audio {
        let facts = crate::syntax::inspect(&movie, Limits::default()).unwrap();
        let track = facts.movie.unwrap().tracks.remove(0);
        *track.audio.unwrap()
    }

    /// AAC LC, 24 kHz, mono, and nothing of SBR.
    const LC_24K_MONO: [u8; 2] = [0x13, 0x08];

    #[test]
    fn implicit_replication_is_found() {
        let (_, units) = units(HE_MONO);
        let audio = audio(&movie(0x40, &LC_24K_MONO, &units));
        assert_eq!(audio.sbr.value(), Some(&Extension::Implicit));
        assert_eq!(audio.sbr.evidence().unwrap().offset, 16);
        assert_eq!(audio.sbr.evidence().unwrap().path.to_string(), "moov.trak[0].access_unit.fill_element");
        assert!(matches!(audio.ps, Fact::Unknown(_)));
        assert_eq!(audio.channels.value(), Some(&1));
    }

    #[test]
    fn replication_that_starts_late_is_found() {
        let (_, plain) = units(LC_24K);
        let (_, replicated) = units(HE_MONO);
        let mut all = vec![plain[0]; 40];
        all.push(replicated[0]);
        let audio = audio(&movie(0x40, &LC_24K_MONO, &all));
        assert_eq!(audio.sbr.value(), Some(&Extension::Implicit));
    }

    #[test]
    fn plain_low_complexity_at_24_khz_stays_plain() {
        let (_, units) = units(LC_24K);
        let audio = audio(&movie(0x40, &LC_24K_MONO, &units));
        assert_eq!(audio.sbr.value(), Some(&Extension::None));
        assert_eq!(audio.ps.value(), Some(&Extension::None));
    }

    #[test]
    fn an_explicit_no_is_believed_without_a_look() {
        let audio = audio(&movie(0x40, &[0x13, 0x08, 0x56, 0xe5, 0x00], &[&[0xff; 3]]));
        assert_eq!(audio.sbr.value(), Some(&Extension::None));
    }

    #[test]
    fn a_unit_that_cannot_be_read_leaves_it_open() {
        let (_, mut units) = units(LC_24K);
        let cut = &units[2][..units[2].len() - 20];
        units[2] = cut;
        let audio = audio(&movie(0x40, &LC_24K_MONO, &units));
        let Fact::Unknown(why) = audio.sbr else { panic!("{:?}", audio.sbr) };
        let offset = 16 + units[0].len() + units[1].len();
        assert!(why.0.starts_with(&format!("access unit 2 at offset {offset} cannot be read: ")), "{why}");
    }

    #[test]
    fn units_past_the_end_and_units_too_large_leave_it_open() {
        let (_, units) = units(LC_24K);
        let whole = movie(0x40, &LC_24K_MONO, &units);
        let place = whole.windows(4).position(|kind| kind == b"stco").unwrap() + 12;
        let mut moved = whole.clone();
        moved[place..place + 4].copy_from_slice(&0x7fff_0000_u32.to_be_bytes());
        assert!(matches!(audio(&moved).sbr, Fact::Unknown(why) if why.0.contains("past the end")));
        let large = vec![0; 40_000];
        assert!(
            matches!(audio(&movie(0x40, &LC_24K_MONO, &[&large])).sbr, Fact::Unknown(why) if why.0.contains("40000"))
        );
        assert!(matches!(audio(&movie(0x40, &LC_24K_MONO, &[])).sbr, Fact::Unknown(_)));
        assert!(matches!(audio(&movie(0x40, &LC_24K_MONO, &[&[], &[]])).sbr, Fact::Unknown(_)));
    }

    #[test]
    fn mpeg_2_aac_without_a_configuration_counts_its_channels() {
        let (_, units) = units(LC_24K);
        let audio = audio(&movie(0x67, &[], &units));
        assert_eq!(audio.channels.value(), Some(&1));
        assert_eq!(audio.entry_channels.value(), Some(&2));
        assert_eq!(audio.sbr.value(), Some(&Extension::None));
    }

    #[test]
    fn eight_units_are_spread_over_the_track() {
        assert_eq!(chosen(0).collect::<Vec<_>>(), [0]);
        assert_eq!(chosen(3).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(chosen(6).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(chosen(600).collect::<Vec<_>>(), [0, 1, 100, 200, 300, 400, 500, 600]);
    }
}
