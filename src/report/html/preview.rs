//! Previews: small pictures of files, which whoever can open them makes.

use serde::Serialize;

use super::chart::Chart;
use crate::facts::Facts;
use crate::finding::FileReport;
use crate::units::Duration;

/// Makes previews of files. The reporter itself opens nothing.
pub trait Previewer {
    /// One preview a file, in the same order; an empty one where nothing can be made.
    fn previews(&mut self, wanted: &[Wanted]) -> Vec<Preview>;

    /// What the page should say of its previews, such as what was not at hand to make them.
    fn note(&self) -> Option<String>;
}

/// Makes no previews.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPreviews;

impl Previewer for NoPreviews {
    fn previews(&mut self, wanted: &[Wanted]) -> Vec<Preview> {
        wanted.iter().map(|_| Preview::default()).collect()
    }

    fn note(&self) -> Option<String> {
        None
    }
}

/// A file of which a preview is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its path as the report writes it.
    pub path: String,
    /// What there is to see.
    pub kind: WantedKind,
}

/// What there is to see of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedKind {
    /// A still image, or the first frame of an animation.
    Image,
    /// A frame of a video that lasts as long as that; its timeline too, where the facts hold none.
    Video {
        /// Duration as presented. Absent: not known.
        duration: Option<Duration>,
        /// Whether the timeline is wanted.
        timeline: bool,
    },
}

impl Wanted {
    /// What is wanted of a file. `None`: there is nothing to see.
    pub(super) fn of(report: &FileReport) -> Option<Self> {
        let kind = if let Some(movie) = &report.facts.movie {
            let video = movie.video_track()?.video.as_ref()?;
            let duration = movie.duration.value().copied();
            WantedKind::Video { duration, timeline: video.timeline.is_none() }
        } else {
            report.facts.image.as_ref()?;
            WantedKind::Image
        };
        Some(Self { path: report.path.clone()?, kind })
    }
}

/// What was made for one file.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// A small picture as a `data:` URI. Absent: a drawing stands in for it.
    pub picture: Option<String>,
    /// The facts of a video with its timeline, where that was wanted.
    pub facts: Option<Facts>,
}

impl Preview {
    /// The preview as the page holds it. `None`: it is empty.
    pub(super) fn written(self) -> Option<Written> {
        let chart = self.facts.as_ref().and_then(Chart::of);
        (self.picture.is_some() || chart.is_some()).then_some(Written { picture: self.picture, chart })
    }
}

/// A preview as the page holds it.
#[derive(Debug, Serialize)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chart: Option<Chart>,
}
