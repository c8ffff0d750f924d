//! Pictures of files for the HTML report: images are decoded here, and a frame of a video comes from ffmpeg.

use std::ffi::OsString;
use std::io::Read;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use media_preflight::facts::Facts;
use media_preflight::input::{Extras, FileSource, Limits, Source};
use media_preflight::inspect_with;
use media_preflight::report::html::{Preview, Previewer, Wanted, WantedKind, thumbnail};
use media_preflight::report::read_back;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// Makes the previews of one report, within a time for all of them.
#[derive(Debug)]
pub(crate) struct Previews {
    pictures: bool,
    /// Once it is set, nothing more is made.
    stop: Arc<AtomicBool>,
    no_ffmpeg: AtomicBool,
    late: AtomicUsize,
    /// Files that were left out since it was stopped.
    left_out: AtomicUsize,
}

impl Previews {
    /// Previews with pictures, or only timelines, until `stop` is set.
    pub(crate) const fn new(pictures: bool, stop: Arc<AtomicBool>) -> Self {
        let (late, left_out) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { pictures, stop, no_ffmpeg: AtomicBool::new(false), late, left_out }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn preview(&self, wanted: &Wanted, deadline: Instant) -> Preview {
        if self.stopped() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return Preview::default();
        }
        if Instant::now() >= deadline {
            self.late.fetch_add(1, Ordering::Relaxed);
            return Preview::default();
        }
        let Some(path) = path_of(&wanted.path) else { return Preview::default() };
        match wanted.kind {
            WantedKind::Image => Preview { picture: self.picture(|| whole_file(&path)), facts: None },
            WantedKind::Video { duration, timeline } => {
                // A tenth into the film, past what is often black.
                let seconds = duration.map(media_preflight::units::Duration::seconds);
                let tenth = seconds.map_or(0, |s| u128::from(s.numerator()) * 100 / u128::from(s.denominator()));
                let picture = self.picture(|| self.frame(&path, tenth, deadline));
                Preview { picture, facts: if timeline { facts(&path) } else { None } }
            }
        }
    }

    fn picture(&self, encoded: impl FnOnce() -> Option<Vec<u8>>) -> Option<String> {
        if !self.pictures {
            return None;
        }
        let encoded = encoded()?;
        // A report must not be lost to a decoder that does not stand one of its pictures.
        panic::catch_unwind(|| thumbnail(&encoded)).ok()?.ok()
    }

    /// A frame of a video as PNG. What ffmpeg cannot decode in time has none.
    fn frame(&self, path: &Path, milliseconds: u128, deadline: Instant) -> Option<Vec<u8>> {
        if self.no_ffmpeg.load(Ordering::Relaxed) {
            return None;
        }
        let mut input = OsString::from("file:");
        input.push(path);
        let child = Command::new("ffmpeg")
            // Only this file is read, and only as what it was taken for, whatever it says.
            .args(["-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe", "-f", "mov"])
            .args(["-threads", "1", "-max_pixels", MOST_PIXELS, "-ss", &format!("{milliseconds}ms"), "-i"])
            .arg(input)
            .args(["-map", "0:V:0", "-frames:v", "1", "-vf", SCALE, "-c:v", "png", "-f", "image2pipe", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = child else {
            self.no_ffmpeg.store(true, Ordering::Relaxed);
            return None;
        };
        let (sender, receiver) = mpsc::channel();
        let output = child.stdout.take()?;
        // The thread ends with the pipe, which ends with the child at the latest.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = output.take(MOST_OUTPUT).read_to_end(&mut bytes);
            let _ = sender.send(read.map(|_| bytes));
        });
        let end = deadline.min(Instant::now() + ONE_FRAME);
        let bytes = loop {
            let left = end.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left.min(LOOK)) {
                Ok(read) => break read.ok(),
                Err(RecvTimeoutError::Timeout) if left > LOOK && !self.stopped() => {}
                Err(_) => break None,
            }
        };
        // One that has ended is not hurt, and one that has not is not waited for.
        let _ = child.kill();
        let _ = child.wait();
        bytes.filter(|bytes| !bytes.is_empty())
    }
}

impl Previewer for Previews {
    fn previews(&mut self, wanted: &[Wanted]) -> Vec<Preview> {
        let deadline = Instant::now() + ALL;
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => pool.install(|| wanted.par_iter().map(|one| self.preview(one, deadline)).collect()),
            Err(_) => wanted.iter().map(|one| self.preview(one, deadline)).collect(),
        }
    }

    fn note(&self) -> Option<String> {
        let left_out = self.left_out.load(Ordering::Relaxed);
        if left_out > 0 {
            return Some(format!(
                "The run was interrupted while pictures were made: {left_out} more files would have had one."
            ));
        }
        let late = self.late.load(Ordering::Relaxed);
        if late > 0 {
            let seconds = ALL.as_secs();
            return Some(format!("Pictures were made for {seconds} seconds; {late} more files would have had one."));
        }
        let missing = self.no_ffmpeg.load(Ordering::Relaxed);
        missing.then(|| "Videos have no picture, since ffmpeg was not found when the report was written.".to_owned())
    }
}

/// The facts of a video with its timeline.
fn facts(path: &Path) -> Option<Facts> {
    let source = FileSource::open(path).ok()?;
    inspect_with(&source, Limits::default(), Extras { timeline: true, ..Extras::NONE }).ok()
}

/// The bytes of a file that is not too large for a preview.
fn whole_file(path: &Path) -> Option<Vec<u8>> {
    let source = FileSource::open(path).ok()?;
    let length = usize::try_from(source.len()).ok().filter(|&length| length <= MOST_INPUT)?;
    let mut bytes = vec![0; length];
    source.read_at(0, &mut bytes).ok()?;
    Some(bytes)
}

/// The path that a report writes so. `None`: standard input, or no file has it.
fn path_of(written: &str) -> Option<PathBuf> {
    if written == "-" {
        return None;
    }
    let path = PathBuf::from(written);
    if path.exists() {
        return Some(path);
    }
    Some(PathBuf::from(read_back(written))).filter(|path| path.exists())
}

/// Time for all previews of a report, and for one frame.
const ALL: Duration = Duration::from_secs(60);
const ONE_FRAME: Duration = Duration::from_secs(8);
/// How often is looked whether the run was interrupted.
const LOOK: Duration = Duration::from_millis(50);
/// Images that are decoded at the same time: each may take the memory of a large one.
const MOST_THREADS: usize = 4;
/// The largest image file that is decoded.
const MOST_INPUT: usize = 48 << 20;
/// Bytes taken from ffmpeg: more than a small picture ever has.
const MOST_OUTPUT: u64 = 1 << 20;
/// Pixels of a frame that ffmpeg may decode.
const MOST_PIXELS: &str = "36000000";
const SCALE: &str = "scale=w=160:h=160:force_original_aspect_ratio=decrease";

#[cfg(test)]
mod tests {
    use super::*;

    fn new(pictures: bool) -> Previews {
        Previews::new(pictures, Arc::default())
    }

    #[test]
    fn after_an_interrupt_no_picture_is_begun() {
        let mut previews = Previews::new(true, Arc::new(AtomicBool::new(true)));
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/photo.jpg").to_owned();
        let made = previews.previews(&[Wanted { path: sample, kind: WantedKind::Image }]);
        assert!(made.iter().all(|preview| preview.picture.is_none()));
        assert!(previews.note().unwrap().contains("interrupted while pictures were made: 1 more"));
    }

    #[test]
    fn images_have_pictures_and_standard_input_has_none() {
        let wanted = |path: &str| Wanted { path: path.to_owned(), kind: WantedKind::Image };
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/photo.jpg");
        let files = [wanted(sample), wanted("-"), wanted("no such file.gif")];
        let made = new(true).previews(&files);
        let has: Vec<bool> = made.iter().map(|preview| preview.picture.is_some()).collect();
        assert_eq!(has, [true, false, false]);
        assert!(new(false).previews(&files).iter().all(|preview| preview.picture.is_none()));
    }

    #[test]
    fn the_timeline_of_a_video_is_read_where_it_is_wanted() {
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/video.mp4").to_owned();
        let kind = WantedKind::Video { duration: None, timeline: true };
        let made = new(false).previews(&[Wanted { path: sample, kind }]);
        let facts = made[0].facts.as_ref().unwrap();
        assert!(facts.video_track().unwrap().video.as_ref().unwrap().timeline.is_some());
    }

    #[test]
    fn after_the_time_no_picture_is_begun() {
        let previews = new(true);
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/photo.jpg").to_owned();
        let preview = previews.preview(&Wanted { path: sample, kind: WantedKind::Image }, Instant::now());
        assert!(preview.picture.is_none());
        assert!(previews.note().unwrap().contains("1 more"));
    }
}
