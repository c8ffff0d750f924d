//! The machine over a store in memory and a clock of the test.

use super::*;
use crate::api::{Media, Subtitle};
use crate::check::Checker;
use crate::emulator::check::check;
use crate::emulator::store::memory::{MemorySpool, MemoryStore};

/// A server, its clock, and what it has written.
struct Bench {
    machine: Machine<MemoryStore>,
    store: MemoryStore,
    now: Millis,
    version: Version,
}

impl Bench {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        let store = MemoryStore::default();
        let machine = Machine::new(store.clone(), settings).unwrap();
        Self { machine, store, now: Millis(1_795_161_600_000), version: Version::V2 }
    }

    fn v1() -> Self {
        Self { version: Version::V1_1, ..Self::new() }
    }

    fn restart(self) -> Self {
        let machine = Machine::new(self.store.clone(), self.machine.settings.clone()).unwrap();
        Self { machine, ..self }
    }

    /// Does what a driver does: answers, and checks what is to be checked.
    fn ask(&mut self, request: &Request, media: &[u8]) -> Result<Answer, Refusal> {
        let spool = request.media().map(|_| MemorySpool(media.to_vec()));
        match self.machine.handle(self.now, self.version, request, spool)? {
            Reply::Done(answer) => Ok(answer),
            Reply::Check(answer, id) => {
                self.check(id).unwrap();
                Ok(answer)
            }
            Reply::Wait(id) => self.check(id),
        }
    }

    fn check(&mut self, id: MediaId) -> Result<Answer, Refusal> {
        let checker = Checker::new(self.machine.settings.profile.clone());
        let upload = self.machine.upload(id).unwrap().clone();
        let judgement = check(&self.store, &checker, &upload).unwrap();
        self.machine.checked(self.now, id, judgement)
    }

    fn init(&mut self, total_bytes: u64, media_type: &str, category: Option<Category>) -> Result<MediaId, Refusal> {
        let request = Request::Initialize {
            total_bytes,
            media_type: media_type.to_owned(),
            category,
            additional_owners: Vec::new(),
            shared: false,
        };
        self.ask(&request, b"").map(|answer| answer.id.unwrap())
    }

    fn append(&mut self, id: MediaId, segment_index: u16, bytes: &[u8]) -> Result<Answer, Refusal> {
        self.ask(&Request::Append { id, segment_index, media: WHOLE }, bytes)
    }

    fn finalize(&mut self, id: MediaId) -> Result<Answer, Refusal> {
        self.ask(&Request::Finalize { id }, b"")
    }

    fn status(&mut self, id: MediaId) -> Result<Answer, Refusal> {
        self.ask(&Request::Status { id }, b"")
    }

    fn state(&mut self, id: MediaId) -> State {
        self.status(id).unwrap().processing.unwrap().state
    }

    fn wait(&mut self, milliseconds: u64) {
        self.now.0 += milliseconds;
    }

    /// Uploads a file in segments of that length.
    fn upload(&mut self, bytes: &[u8], media_type: &str, category: Option<Category>, segment: usize) -> MediaId {
        let id = self.init(bytes.len() as u64, media_type, category).unwrap();
        for (index, bytes) in bytes.chunks(segment).enumerate() {
            self.append(id, index as u16, bytes).unwrap();
        }
        id
    }
}

/// What stands for media in requests here; the bytes come beside it.
const WHOLE: Media = Media::Range { offset: 0, length: 0 };
const VIDEO: &[u8] = include_bytes!("../../../samples/video.mp4");
const PHOTO: &[u8] = include_bytes!("../../../samples/photo.jpg");
const CAPTIONS: &[u8] = include_bytes!("../../../samples/captions.srt");
const TWEET_VIDEO: Option<Category> = Some(Category::TweetVideo);
const TWEET_IMAGE: Option<Category> = Some(Category::TweetImage);

#[test]
fn a_video_goes_through_all_states_and_arrives_whole() {
    let mut bench = Bench::new();
    let id = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 100_000);
    let first = bench.finalize(id).unwrap();
    assert_eq!(first.size, Some(VIDEO.len() as u64));
    assert_eq!(first.processing.as_ref().unwrap().state, State::Pending);
    assert_eq!(first.processing.as_ref().unwrap().check_after_secs, Some(1));
    assert_eq!(bench.state(id), State::Pending);
    bench.wait(1000);
    let half = bench.status(id).unwrap().processing.unwrap();
    assert_eq!((half.state, half.progress_percent, half.check_after_secs), (State::InProgress, Some(50), Some(1)));
    bench.wait(999);
    assert_eq!(bench.status(id).unwrap().processing.unwrap().progress_percent, Some(99));
    bench.wait(1);
    let last = bench.status(id).unwrap();
    assert_eq!(last.processing.unwrap().state, State::Succeeded);
    assert_eq!(last.video.unwrap().video_type.as_deref(), Some("video/mp4"));
    assert_eq!(bench.finalize(id), Ok(first));
    assert_eq!(bench.store.bytes(id).unwrap(), VIDEO);
}

#[test]
fn segments_come_in_any_order_and_the_last_of_an_index_counts() {
    let mut bench = Bench::v1();
    let id = bench.init(6, "image/jpeg", None).unwrap();
    for (index, bytes) in [(2, b"ef"), (0, b"xx"), (1, b"cd"), (0, b"ab")] {
        bench.append(id, index, bytes).unwrap();
    }
    assert_eq!(bench.finalize(id), Err(Refusal::MediaType));
    assert_eq!(bench.store.bytes(id).unwrap(), b"abcdef");
    // The same refusal each time.
    assert_eq!(bench.finalize(id), Err(Refusal::MediaType));
}

#[test]
fn images_are_answered_at_once_and_have_no_status() {
    for (category, key) in [(TWEET_IMAGE, true), (None, false)] {
        let mut bench = Bench::v1();
        let id = bench.upload(PHOTO, "image/jpeg", category, 5000);
        let answer = bench.finalize(id).unwrap();
        assert_eq!(answer.processing, None);
        assert_eq!(answer.media_key.is_some(), key);
        let image = answer.image.clone().unwrap();
        assert_eq!(
            (image.image_type.as_deref(), image.width, image.height),
            (Some("image/jpeg"), Some(480), Some(270))
        );
        assert_eq!(bench.status(id), Err(Refusal::NotProcessed));
        bench.wait(5000);
        assert_eq!(bench.finalize(id), Ok(answer));
    }
}

#[test]
fn a_restart_finds_all_as_it_was() {
    let mut bench = Bench::new();
    let id = bench.init(VIDEO.len() as u64, "video/mp4", TWEET_VIDEO).unwrap();
    bench.append(id, 1, &VIDEO[100_000..]).unwrap();
    let mut bench = bench.restart();
    bench.append(id, 0, &VIDEO[..100_000]).unwrap();
    // Killed between the answer to FINALIZE and the end of the check.
    let finalize = Request::Finalize { id };
    let reply = bench.machine.handle(bench.now, Version::V2, &finalize, None).unwrap();
    let Reply::Check(answer, _) = reply else { panic!("{reply:?}") };
    let mut bench = bench.restart();
    assert_eq!(bench.machine.unchecked(), [id]);
    bench.check(id).unwrap();
    bench.wait(2000);
    assert_eq!(bench.finalize(id), Ok(answer));
    assert_eq!(bench.store.bytes(id).unwrap(), VIDEO);
    let mut bench = bench.restart();
    assert_eq!(bench.state(id), State::Succeeded);
}

#[test]
fn what_came_in_one_call_and_was_not_answered_is_dropped_at_a_restart() {
    let mut bench = Bench::v1();
    let request = Request::Simple { media: WHOLE, category: None, additional_owners: Vec::new() };
    let spool = MemorySpool(PHOTO.to_vec());
    let reply = bench.machine.handle(bench.now, Version::V1_1, &request, Some(spool)).unwrap();
    assert!(matches!(reply, Reply::Wait(_)));
    assert!(!bench.store.is_empty());
    let bench = bench.restart();
    assert!(bench.store.is_empty());
}

#[test]
fn a_full_disk_is_no_loss() {
    let mut bench = Bench::new();
    let id = bench.init(VIDEO.len() as u64, "video/mp4", TWEET_VIDEO).unwrap();
    bench.store.fill(true);
    assert!(matches!(bench.append(id, 0, VIDEO), Err(Refusal::Storage(_))));
    assert!(matches!(bench.init(1, "video/mp4", TWEET_VIDEO), Err(Refusal::Storage(_))));
    bench.store.fill(false);
    assert_eq!(bench.finalize(id), Err(Refusal::Segments));
    bench.append(id, 0, VIDEO).unwrap();
    bench.finalize(id).unwrap();
    assert_eq!(bench.store.bytes(id).unwrap(), VIDEO);
}

#[test]
fn faulty_subtitles_are_told_of_when_they_are_attached() {
    let mut bench = Bench::v1();
    let video = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 200_000);
    bench.finalize(video).unwrap();
    let attach = |bench: &mut Bench, bytes: &[u8]| {
        let id = bench.upload(bytes, "text/srt", Some(Category::Subtitles), 1000);
        assert_eq!(bench.finalize(id).unwrap().processing, None);
        let subtitle = Subtitle { id, language_code: "en".to_owned(), display_name: "English".to_owned() };
        let category = Category::TweetVideo;
        bench.ask(&Request::SubtitlesCreate { video, category, subtitles: vec![subtitle] }, b"")
    };
    assert_eq!(attach(&mut bench, b"1\nno time\n"), Err(Refusal::BadSubtitles));
    attach(&mut bench, CAPTIONS).unwrap();
    assert_eq!(bench.machine.upload(video).unwrap().subtitles.len(), 1);
}
