//! How much of the picture is left: PSNR, SSIM and VMAF, second by second.
//!
//! ffmpeg measures them frame by frame; this names its filters and reads what they write. What is measured is the result as
//! viewers of the source would see it: turned as its track asks, its pixels made square, scaled to the size at which the source is
//! shown, both at the frame rate of the result and from their first pictures on. A frame that is missing is then compared as
//! the frame in front of it, and shows.
//!
//! Animated GIFs are compared at 50 frames a second, the shortest time that browsers show one. Still images are turned as they say,
//! and what is transparent in them counts as black.

mod sides;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::sides::{Kind, Side};
use super::compare::{Trim, shown_size};
use crate::facts::Facts;
use crate::units::{Decimal, Dimensions, Duration, Ratio};

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quality {
    /// The size in which both were compared: that of the source as it is shown.
    pub size: Dimensions,
    /// The frame rate at which both were compared: that of the result.
    pub frame_rate: Ratio,
    /// Number of pairs of frames that were compared.
    pub frames: u64,
    /// One entry a metric.
    pub metrics: Vec<Metric>,
}

/// One metric over the whole film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metric {
    /// What is measured.
    pub kind: MetricKind,
    /// Mean over all frames.
    pub mean: Score,
    /// Mean over the frames of each second, from the first one on.
    pub seconds: Vec<Score>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MetricKind {
    /// Peak signal-to-noise ratio of luma and chroma in dB; equal pictures count as 100 dB.
    Psnr,
    /// Structural similarity of luma and chroma, from 0 to 1.
    Ssim,
    /// Video multi-method assessment fusion, from 0 to 100.
    Vmaf,
}

impl MetricKind {
    /// The name that people use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Psnr => "PSNR",
            Self::Ssim => "SSIM",
            Self::Vmaf => "VMAF",
        }
    }

    /// A score with its unit, as far as it says something.
    pub fn words(self, score: Score) -> String {
        let places = if self == Self::Ssim { 4 } else { 2 };
        format!("{}{}", Decimal::new(score.0.into(), 1_000_000, places), self.unit())
    }

    /// The unit, with a blank in front; empty where there is none.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Psnr => " dB",
            Self::Ssim | Self::Vmaf => "",
        }
    }

    /// The least mean and the least second that are good, and those below which it is another picture.
    ///
    /// Heuristics: from about 35 dB, an SSIM of 0.95 or a VMAF of 90 on, most people see no difference; below 28 dB, 0.90 or 70
    /// all do. A single second may be worse than the whole by as much as scene cuts cost an encoder.
    pub const fn thresholds(self) -> Thresholds {
        let (good, poor) = match self {
            Self::Psnr => ((35_000_000, 30_000_000), (28_000_000, 24_000_000)),
            Self::Ssim => ((950_000, 900_000), (900_000, 800_000)),
            Self::Vmaf => ((90_000_000, 70_000_000), (70_000_000, 50_000_000)),
        };
        Thresholds {
            good_mean: Score(good.0),
            good_second: Score(good.1),
            poor_mean: Score(poor.0),
            poor_second: Score(poor.1),
        }
    }
}

/// What counts as good, and what as poor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Least mean that is good.
    pub good_mean: Score,
    /// Least mean of any second that is good.
    pub good_second: Score,
    /// Mean below which it is poor.
    pub poor_mean: Score,
    /// Mean of a second below which it is poor.
    pub poor_second: Score,
}

/// A score in millionths of the metric's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(pub u64);

impl Score {
    /// Reads a decimal such as `38.25`; `inf` is 100. `None`: it is none, or negative.
    fn read(text: &str) -> Option<Self> {
        if text == "inf" {
            return Some(Self(100_000_000));
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.bytes().any(|byte| !byte.is_ascii_digit()) {
            return None;
        }
        let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
        let whole = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?;
        Some(Self(whole.checked_add(digits.parse().ok()?)?.min(100_000_000)))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::new(self.0.into(), 1_000_000, 4).fmt(f)
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Decimal::new(self.0.into(), 1_000_000, 6))
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no score")))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Score {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Score".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]+([.][0-9]{1,6})?$",
            "description": "A decimal with at most six digits after the point, such as 38.25."
        })
    }
}

/// How both films are brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    size: Dimensions,
    frame_rate: Ratio,
    trim: Option<Trim>,
    kind: Kind,
    sides: [Side; 2],
}

impl Alignment {
    /// How `result` is held against `source`. `None`: one of them shows no pictures whose size and rate are known, or ffmpeg does
    /// not read it.
    pub fn of(source: &Facts, result: &Facts, trim: Option<Trim>) -> Option<Self> {
        let size = shown_size(source)?;
        let kind = Kind::of(source, result)?;
        let frame_rate = match kind {
            Kind::Films => {
                let rate = result.video_track()?.video.as_deref()?.frame_rate.value()?;
                if rate.uniform { rate.average } else { rate.most_frequent.unwrap_or(rate.average) }
            }
            Kind::Animations => ANIMATION_RATE,
            Kind::Stills => Ratio::whole(1),
        };
        // Sizes of 4:2:0 are even.
        let even = |edge: u32| (edge & !1).max(2);
        (frame_rate.numerator() > 0).then_some(Self {
            size: Dimensions::new(even(size.width), even(size.height)),
            frame_rate,
            trim,
            kind,
            sides: [Side::of(source)?, Side::of(result)?],
        })
    }

    /// The options of ffmpeg in front of its inputs: those of the source, and those of the result.
    pub fn input_options(&self) -> [Vec<&'static str>; 2] {
        self.sides.map(Side::options)
    }

    /// The filters that bring a side to the common size, rate and colours.
    fn filters(&self, side: Side) -> String {
        let size = format!("scale={}:{}:flags=bicubic", self.size.width, self.size.height);
        // Samples of images have other matrices and ranges than those of films: RGB is what they have in common.
        let to_video = ":out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p";
        let turn = side.turn.map_or_else(String::new, |turn| format!("{turn},"));
        match self.kind {
            Kind::Films => {
                format!("{size},setsar=1,format=yuv420p,setpts=PTS-STARTPTS,fps={}", self.frame_rate)
            }
            Kind::Animations => {
                format!("format=gbrp,{size}{to_video},setpts=PTS-STARTPTS,fps={}", self.frame_rate)
            }
            Kind::Stills => {
                format!("trim=end_frame=1,{turn}format=gbrap,premultiply=inplace=1,{size}{to_video},setpts=0")
            }
        }
    }

    /// The arguments of ffmpeg between its inputs, first the source and then the result, and its end. With VMAF where
    /// `vmaf`, whose frames go to the file of that name.
    pub fn arguments(&self, vmaf: Option<&str>) -> Vec<String> {
        let [source, result] = self.sides.map(|side| self.filters(side));
        let cut = self.trim.map_or_else(String::new, |trim| {
            let seconds = |time: Duration| time.seconds().decimal(6).to_string();
            format!("trim=start={}:end={},", seconds(trim.start), seconds(trim.end))
        });
        let mut graph = format!("[0:v:0]{cut}{source}");
        match vmaf {
            None => graph.push_str(&format!(",split=2[a][b];[1:v:0]{result}[r];[r][a]psnr[p];")),
            Some(log) => graph.push_str(&format!(
                ",split=3[a][b][c];[1:v:0]{result},split=2[r][v];[v][c]libvmaf=log_fmt=csv:log_path={log},nullsink;[r][a]psnr[p];"
            )),
        }
        graph.push_str("[p][b]ssim,metadata=mode=print:file=-");
        ["-lavfi", &graph, "-an", "-f", "null", "-"].map(str::to_owned).to_vec()
    }

    /// What begins to read what ffmpeg writes.
    pub fn reading(&self) -> Reading {
        Reading { alignment: *self, second: 0, frames: 0, psnr: Sums::default(), ssim: Sums::default() }
    }
}

/// Reads what the filter `metadata` prints, line by line.
#[derive(Debug)]
pub struct Reading {
    alignment: Alignment,
    second: usize,
    frames: u64,
    psnr: Sums,
    ssim: Sums,
}

impl Reading {
    /// Takes one line. Lines that tell nothing of a metric are passed over.
    pub fn line(&mut self, line: &str) {
        if let Some(frame) = line.strip_prefix("frame:") {
            let time = frame.split_once("pts_time:").map(|(_, time)| time.trim());
            let second = time.and_then(|time| time.split('.').next()).and_then(|whole| whole.parse().ok());
            self.second = second.unwrap_or(self.second).min(MOST_SECONDS);
            self.frames += 1;
        } else if let Some(score) = line.strip_prefix("lavfi.psnr.psnr_avg=") {
            self.psnr.add(self.second, score);
        } else if let Some(score) = line.strip_prefix("lavfi.ssim.All=") {
            self.ssim.add(self.second, score);
        }
    }

    /// What was measured, with the text of the log of VMAF where there is one. `None`: no frame was compared.
    pub fn end(self, vmaf: Option<&str>) -> Option<Quality> {
        let Self { alignment: Alignment { size, frame_rate, .. }, frames, psnr, ssim, .. } = self;
        let vmaf = vmaf.map(|log| vmaf_sums(log, frame_rate)).unwrap_or_default();
        let all = [(MetricKind::Psnr, psnr), (MetricKind::Ssim, ssim), (MetricKind::Vmaf, vmaf)];
        let metrics: Vec<Metric> = all.into_iter().filter_map(|(kind, sums)| sums.metric(kind)).collect();
        if metrics.is_empty() { None } else { Some(Quality { size, frame_rate, frames, metrics }) }
    }
}

/// Reads the log of libvmaf as CSV: a row of names, then a row a frame.
fn vmaf_sums(log: &str, frame_rate: Ratio) -> Sums {
    let mut sums = Sums::default();
    let mut lines = log.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let Some(column) = names.iter().position(|name| *name == "vmaf") else { return sums };
    for line in lines {
        let mut cells = line.split(',');
        let Some(frame) = cells.next().and_then(|cell| cell.parse::<u64>().ok()) else { continue };
        let second =
            u128::from(frame) * u128::from(frame_rate.denominator()) / u128::from(frame_rate.numerator().max(1));
        let second = usize::try_from(second).unwrap_or(MOST_SECONDS).min(MOST_SECONDS);
        if let Some(score) = column.checked_sub(1).and_then(|column| cells.nth(column)) {
            sums.add(second, score);
        }
    }
    sums
}

/// Sums of the scores of each second.
#[derive(Debug, Default)]
struct Sums {
    seconds: Vec<(u64, u64)>,
}

impl Sums {
    fn add(&mut self, second: usize, score: &str) {
        let Some(Score(score)) = Score::read(score.trim()) else { return };
        if self.seconds.len() <= second {
            self.seconds.resize(second + 1, (0, 0));
        }
        if let Some((sum, count)) = self.seconds.get_mut(second) {
            *sum = sum.saturating_add(score);
            *count += 1;
        }
    }

    fn metric(self, kind: MetricKind) -> Option<Metric> {
        let mean = |sum: u64, count: u64| sum.checked_div(count).map(Score);
        let (sum, count) =
            self.seconds.iter().fold((0_u64, 0_u64), |all, second| (all.0.saturating_add(second.0), all.1 + second.1));
        let overall = mean(sum, count)?;
        // A second without a frame is as good as the one before it.
        let mut last = overall;
        let seconds = self
            .seconds
            .iter()
            .map(|&(sum, count)| {
                last = mean(sum, count).unwrap_or(last);
                last
            })
            .collect();
        Some(Metric { kind, mean: overall, seconds })
    }
}

impl Metric {
    /// The seconds that are not good, the worst first, at most `most`; where all are good, the worst one.
    pub fn worst(&self, most: usize) -> Vec<(usize, Score)> {
        let good = self.kind.thresholds().good_second;
        let mut seconds: Vec<(usize, Score)> = self.seconds.iter().copied().enumerate().collect();
        seconds.sort_by_key(|&(second, score)| (score, second));
        let bad = seconds.iter().filter(|(_, score)| *score < good).count();
        seconds.truncate(bad.clamp(1, most.max(1)));
        seconds
    }
}

/// The shortest time that browsers show a frame of a GIF is two hundredths of a second.
const ANIMATION_RATE: Ratio = Ratio::whole(50);
/// Seconds that are kept apart: six hours. What comes later counts as the last one.
const MOST_SECONDS: usize = 6 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    fn alignment() -> Alignment {
        Alignment {
            size: Dimensions::new(320, 180),
            frame_rate: Ratio::new(30_000, 1001).unwrap(),
            trim: None,
            kind: Kind::Films,
            sides: [Side::default(); 2],
        }
    }

    #[test]
    fn images_are_turned_and_brought_to_the_colours_of_video() {
        use crate::facts::{Evidence, Fact, Format, Image, Orientation};
        let image = |format, turn| {
            let mut facts = Facts::new(1, format);
            facts.image = Some(Box::new(Image {
                dimensions: Fact::known(Dimensions::new(64, 48), Evidence::new(0, "test")),
                orientation: Orientation::new(turn)
                    .map_or(Fact::Absent, |turn| Fact::known(turn, Evidence::new(0, "test"))),
                ..Image::default()
            }));
            facts
        };
        for (turn, filter) in [(1, "format"), (3, "hflip,vflip,format"), (6, "transpose=clock,format"), (0, "format")] {
            let alignment = Alignment::of(&image(Format::Jpeg, turn), &image(Format::Png, 0), None).unwrap();
            assert_eq!(alignment.input_options()[1], ["-noautorotate", "-f", "png_pipe"]);
            let graph = &alignment.arguments(None)[1];
            assert!(graph.starts_with(&format!("[0:v:0]trim=end_frame=1,{filter}=gbrap,")), "{graph}");
            assert!(graph.contains("out_color_matrix=bt709") && !graph.contains("fps="), "{graph}");
        }
        assert_eq!(Alignment::of(&image(Format::Jpeg, 1), &image(Format::Avif, 1), None), None);
        let mut animated = image(Format::WebP, 1);
        animated.animation = Some(Box::default());
        assert_eq!(Alignment::of(&animated, &image(Format::Png, 1), None), None);
    }

    /// As the filter `metadata` of ffmpeg 5.1 prints it.
    const PRINTED: &str = "\
frame:0    pts:0       pts_time:0
lavfi.psnr.mse.y=0.00
lavfi.psnr.psnr_avg=inf
lavfi.ssim.Y=1.000000
lavfi.ssim.All=1.000000
lavfi.ssim.dB=inf
frame:1    pts:512     pts_time:0.5
lavfi.psnr.psnr_avg=40.50
lavfi.ssim.All=0.981234
frame:2    pts:1024    pts_time:1.0
lavfi.psnr.psnr_avg=20.25
lavfi.ssim.All=0.500000
frame:3    pts:4096    pts_time:3.25
lavfi.psnr.psnr_avg=nan
lavfi.ssim.All=-0.1
";

    #[test]
    fn what_ffmpeg_prints_is_read_by_seconds() {
        let mut reading = alignment().reading();
        PRINTED.lines().for_each(|line| reading.line(line));
        let quality = reading.end(None).unwrap();
        assert_eq!((quality.frames, quality.metrics.len()), (4, 2));
        let psnr = &quality.metrics[0];
        assert_eq!((psnr.kind, psnr.mean.to_string().as_str()), (MetricKind::Psnr, "53.5833"));
        assert_eq!(psnr.seconds, [Score(70_250_000), Score(20_250_000)]);
        assert_eq!(psnr.worst(1), [(1, Score(20_250_000))]);
        assert_eq!(quality.metrics[1].seconds, [Score(990_617), Score(500_000)]);
        assert_eq!(alignment().reading().end(None), None);
    }

    #[test]
    fn the_log_of_vmaf_is_read_by_its_names() {
        let log = "Frame,integer_adm2,vmaf,\n0,0.9,96.5,\n29,0.9,90,\n30,0.8,40.25,\nx,1,1,\n";
        let mut reading = alignment().reading();
        reading.line("frame:0 pts:0 pts_time:0");
        let quality = reading.end(Some(log)).unwrap();
        assert_eq!(quality.metrics[0].kind, MetricKind::Vmaf);
        assert_eq!(quality.metrics[0].seconds, [Score(93_250_000), Score(40_250_000)]);
        assert_eq!(alignment().reading().end(Some("nothing")), None);
    }

    #[test]
    fn scores_are_written_as_they_are_read() {
        for text in ["0", "38.25", "0.981234", "100"] {
            let score: Score = serde_json_like(text);
            assert_eq!(Score::read(text), Some(score));
            assert_eq!(Decimal::new(score.0.into(), 1_000_000, 6).to_string(), text);
        }
        for text in ["", "-1", "nan", "1.x", "1e5", "99999999999999999999"] {
            assert_eq!(Score::read(text), None, "{text}");
        }
    }

    fn serde_json_like(text: &str) -> Score {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
        Score::deserialize(deserializer).unwrap()
    }

    #[test]
    fn both_are_brought_to_one_size_and_rate() {
        let arguments = alignment().arguments(None);
        assert_eq!(arguments[0], "-lavfi");
        assert!(arguments[1].starts_with("[0:v:0]scale=320:180:"), "{}", arguments[1]);
        assert_eq!(arguments[1].matches("fps=30000/1001").count(), 2);
        let trim = Trim { start: Duration::from_millis(500), end: Duration::from_millis(1500) };
        let cut = Alignment { trim: Some(trim), ..alignment() }.arguments(Some("log.csv"));
        assert!(cut[1].starts_with("[0:v:0]trim=start=0.5:end=1.5,"), "{}", cut[1]);
        assert!(cut[1].contains("libvmaf=log_fmt=csv:log_path=log.csv"), "{}", cut[1]);
    }
}
