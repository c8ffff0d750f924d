//! The machine over a store in memory and a clock of the test.

use super::limits::MAX_TOTAL;
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
                // STATUS tells the outcome.
                let _ = self.check(id);
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

#[test]
fn sizes_are_held_at_the_limit_of_the_category_or_the_type() {
    const MIB: u64 = 1 << 20;
    let gif = Some(Category::TweetGif);
    for (media_type, category, limit) in [
        ("image/png", TWEET_IMAGE, 5 * MIB),
        ("image/png", None, 5 * MIB),
        // "No category" holds a GIF to the limit of a photo.
        ("image/gif", None, 5 * MIB),
        ("image/gif", gif, 15 * MIB),
        ("video/mp4", TWEET_VIDEO, 512 * MIB),
        ("video/mp4", None, 512 * MIB),
        ("text/srt", Some(Category::Subtitles), MAX_TOTAL),
    ] {
        let mut bench = Bench::new();
        for bytes in [1, limit - 1, limit] {
            assert!(bench.init(bytes, media_type, category).is_ok(), "{media_type} {category:?} {bytes}");
        }
        for bytes in [limit + 1, u64::MAX] {
            assert_eq!(bench.init(bytes, media_type, category), Err(Refusal::TooLarge(limit)), "{media_type}");
        }
        assert_eq!(bench.init(0, media_type, category), Err(Refusal::Invalid("total_bytes")));
    }
}

#[test]
fn types_are_those_that_clients_send() {
    let mut bench = Bench::new();
    let captions = Some(Category::Subtitles);
    for (media_type, category) in [
        ("Video/MP4; codecs=avc1", None),
        ("image/jpg", None),
        ("application/x-subrip", captions),
        ("text/plain", captions),
        ("application/octet-stream", captions),
    ] {
        assert!(bench.init(1, media_type, category).is_ok(), "{media_type}");
    }
    for (media_type, category) in [("", None), ("video/", None), ("text/plain", None), ("image/png", None)] {
        let allowed = media_type == "image/png";
        assert_eq!(bench.init(1, media_type, category).is_ok(), allowed, "{media_type}");
    }
}

#[test]
fn segments_are_held_at_their_bounds() {
    let mut bench = Bench::new();
    let id = bench.init(100 << 20, "video/mp4", TWEET_VIDEO).unwrap();
    let most = vec![0; MAX_SEGMENT as usize];
    assert!(bench.append(id, 0, &most).is_ok());
    assert!(bench.append(id, LAST_SEGMENT, &most[1..]).is_ok());
    assert_eq!(bench.append(id, LAST_SEGMENT + 1, b"x"), Err(Refusal::SegmentIndex));
    assert_eq!(bench.append(id, 1, &[most.as_slice(), b"x"].concat()), Err(Refusal::TooLarge(MAX_SEGMENT)));
    assert_eq!(bench.append(id, 1, b""), Err(Refusal::Missing("media")));
    let unknown = MediaId::new(7).unwrap();
    assert_eq!(bench.append(unknown, 0, b"x"), Err(Refusal::UnknownMedia(unknown)));
}

#[test]
fn what_does_not_add_up_can_be_mended() {
    let mut bench = Bench::new();
    let id = bench.init(6, "text/srt", Some(Category::Subtitles)).unwrap();
    let refused = Err(Refusal::Segments);
    assert_eq!(bench.finalize(id), refused);
    bench.append(id, 0, b"abc").unwrap();
    assert_eq!(bench.finalize(id), refused);
    // All bytes, and a gap in the indices.
    bench.append(id, 2, b"def").unwrap();
    assert_eq!(bench.finalize(id), refused);
    bench.append(id, 1, b"x").unwrap();
    assert_eq!(bench.finalize(id), refused);
    bench.append(id, 1, b"d").unwrap();
    bench.append(id, 2, b"ef").unwrap();
    assert!(bench.finalize(id).is_ok());
    assert_eq!(bench.store.bytes(id).unwrap(), b"abcdef");
    assert_eq!(bench.append(id, 3, b"x"), Err(Refusal::UnknownMedia(id)));
}

#[test]
fn a_large_file_without_a_category_is_not_finalized_synchronously() {
    for (bytes, refused) in [(MAX_SYNCHRONOUS, false), (MAX_SYNCHRONOUS + 1, true)] {
        let mut bench = Bench::new();
        let content = vec![0; bytes as usize];
        let id = bench.upload(&content, "video/mp4", None, MAX_SEGMENT as usize);
        let expected = if refused { Refusal::Synchronously } else { Refusal::MediaType };
        assert_eq!(bench.finalize(id), Err(expected));
    }
}

#[test]
fn what_expires_is_gone() {
    let settings = Settings { expires_secs: 10, processing_ms: 0, ..Settings::default() };
    let mut bench = Bench::with(settings);
    let id = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 1 << 20);
    let forgotten = bench.init(5, "video/mp4", TWEET_VIDEO).unwrap();
    bench.append(forgotten, 0, b"x").unwrap();
    bench.wait(9999);
    let answer = bench.finalize(id).unwrap();
    assert_eq!(answer.expires, Some(Expiry::AfterSecs(10)));
    bench.wait(1);
    assert_eq!(bench.append(forgotten, 0, b"x"), Err(Refusal::UnknownMedia(forgotten)));
    assert_eq!(bench.machine.uploads().count(), 1, "its segments are removed");
    bench.wait(9998);
    assert_eq!(bench.state(id), State::Succeeded);
    bench.wait(1);
    assert_eq!(bench.status(id), Err(Refusal::NotProcessed));
    assert_eq!(bench.finalize(id), Err(Refusal::UnknownMedia(id)));
    let metadata = Request::Metadata { id, alt_text: String::new() };
    assert_eq!(bench.ask(&metadata, b""), Err(Refusal::UnknownMedia(id)));
    assert_eq!(bench.store.bytes(id).unwrap(), VIDEO, "what was finished is kept for its owner");
}

#[test]
fn status_is_for_what_is_processed() {
    let mut bench = Bench::new();
    let unknown = MediaId::new(7).unwrap();
    assert_eq!(bench.status(unknown), Err(Refusal::NotProcessed));
    let id = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 1 << 20);
    assert_eq!(bench.status(id), Err(Refusal::NotProcessed));
    bench.finalize(id).unwrap();
    assert!(bench.status(id).is_ok());
    let without = bench.upload(VIDEO, "video/mp4", None, 1 << 20);
    let answer = bench.finalize(without).unwrap();
    assert_eq!((answer.processing, answer.video.unwrap().video_type.as_deref()), (None, Some("video/mp4")));
    assert_eq!(bench.status(without), Err(Refusal::NotProcessed));
}

#[test]
fn a_video_that_fails_the_check_fails_its_processing() {
    let mut bench = Bench::new();
    let bytes = include_bytes!("../../../samples/video-141-seconds.mp4");
    let id = bench.upload(bytes, "video/mp4", TWEET_VIDEO, 1 << 20);
    assert_eq!(bench.finalize(id).unwrap().processing.unwrap().state, State::Pending);
    bench.wait(2000);
    let answer = bench.status(id).unwrap();
    assert_eq!(answer.expires, None);
    let info = answer.processing.unwrap();
    assert_eq!((info.state, info.check_after_secs), (State::Failed, None));
    let error = info.error.unwrap();
    assert_eq!((error.code, error.name.as_deref()), (Some(3), Some("UnsupportedMedia")));
    let message = "Duration 2.minutes+21.seconds exceeds max duration of 2.minutes+20.seconds";
    assert_eq!(error.message.as_deref(), Some(message));
}

#[test]
fn one_call_is_for_images() {
    let mut bench = Bench::v1();
    let simple = |category| Request::Simple { media: WHOLE, category, additional_owners: Vec::new() };
    for (bytes, category, refusal) in [
        (VIDEO, None, Some(Refusal::MediaType)),
        (CAPTIONS, None, Some(Refusal::MediaType)),
        (PHOTO, TWEET_VIDEO, Some(Refusal::Invalid("media_category"))),
        (b"no image", None, Some(Refusal::MediaType)),
        (b"", None, Some(Refusal::Missing("media"))),
        (&[0; (5 << 20) + 1], None, Some(Refusal::TooLarge(5 << 20))),
        (PHOTO, TWEET_IMAGE, None),
        (PHOTO, None, None),
    ] {
        let before = bench.machine.uploads().count();
        let answer = bench.ask(&simple(category), bytes);
        assert_eq!(answer.as_ref().err(), refusal.as_ref(), "{} bytes", bytes.len());
        assert_eq!(bench.machine.uploads().count() - before, usize::from(refusal.is_none()), "nothing else is stored");
        if let Ok(answer) = answer {
            assert_eq!(bench.store.bytes(answer.id.unwrap()).unwrap(), PHOTO);
        }
    }
}

#[test]
fn alternative_texts_are_for_pictures_and_held_at_their_length() {
    let mut bench = Bench::new();
    let image = bench.upload(PHOTO, "image/jpeg", TWEET_IMAGE, 1 << 20);
    let describe = |bench: &mut Bench, id, text: &str| {
        bench.ask(&Request::Metadata { id, alt_text: text.to_owned() }, b"").map(|answer| answer.id.unwrap())
    };
    assert_eq!(describe(&mut bench, image, "early"), Err(Refusal::UnknownMedia(image)));
    bench.finalize(image).unwrap();
    for (characters, allowed) in [(0, true), (999, true), (1000, true), (1001, false)] {
        let told = describe(&mut bench, image, &"é".repeat(characters));
        assert_eq!(told, if allowed { Ok(image) } else { Err(Refusal::Invalid("alt_text")) }, "{characters}");
    }
    assert_eq!(bench.machine.upload(image).unwrap().alt_text.as_deref(), Some("é".repeat(1000).as_str()));
    let video = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 1 << 20);
    bench.finalize(video).unwrap();
    assert_eq!(describe(&mut bench, video, "a film"), Err(Refusal::Invalid("alt_text")));
}

#[test]
fn subtitles_come_and_go_by_language() {
    let mut bench = Bench::v1();
    let video = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 1 << 20);
    bench.finalize(video).unwrap();
    let captions = bench.upload(CAPTIONS, "text/srt", Some(Category::Subtitles), 1000);
    bench.finalize(captions).unwrap();
    let category = Category::TweetVideo;
    let create = |id, video, language: &str, name: &str| {
        let subtitle = Subtitle { id, language_code: language.to_owned(), display_name: name.to_owned() };
        Request::SubtitlesCreate { video, category, subtitles: vec![subtitle] }
    };
    let delete = |language: &str| Request::SubtitlesDelete { video, category, languages: vec![language.to_owned()] };
    for (request, refusal) in [
        (create(captions, video, "en_US", "English"), Refusal::Invalid("language_code")),
        (create(captions, video, "", "English"), Refusal::Invalid("language_code")),
        (create(captions, video, "en", " "), Refusal::Invalid("display_name")),
        (create(video, video, "en", "English"), Refusal::UnknownVideo),
        (create(captions, captions, "en", "English"), Refusal::UnknownVideo),
        (create(captions, MediaId::new(7).unwrap(), "en", "English"), Refusal::UnknownVideo),
        (delete("en"), Refusal::UnknownVideo),
    ] {
        assert_eq!(bench.ask(&request, b""), Err(refusal), "{request:?}");
    }
    for (language, name) in [("en", "English"), ("pt-BR", "Portuguese"), ("EN", "English again")] {
        bench.ask(&create(captions, video, language, name), b"").unwrap();
    }
    let names = |bench: &Bench| -> Vec<String> {
        bench.machine.upload(video).unwrap().subtitles.iter().map(|own| own.display_name.clone()).collect()
    };
    assert_eq!(names(&bench), ["Portuguese", "English again"]);
    assert_eq!(bench.ask(&delete("PT-br"), b"").unwrap().deleted, Some(true));
    assert_eq!(names(&bench), ["English again"]);
    bench.version = Version::V2;
    assert_eq!(bench.ask(&create(captions, video, "en", "English"), b""), Err(Refusal::Invalid("language_code")));
    assert!(bench.ask(&create(captions, video, "EN", "English"), b"").is_ok());
    let mut bench = bench.restart();
    assert_eq!(names(&bench), ["English"]);
    bench.wait(2000);
    assert_eq!(bench.state(video), State::Succeeded);
}

#[test]
fn owners_are_at_most_a_hundred() {
    let mut bench = Bench::new();
    for (count, allowed) in [(100, true), (101, false)] {
        let request = Request::Initialize {
            total_bytes: 1,
            media_type: "image/png".to_owned(),
            category: None,
            additional_owners: (1..=count).map(|id| UserId::new(id).unwrap()).collect(),
            shared: true,
        };
        assert_eq!(bench.ask(&request, b"").is_ok(), allowed, "{count}");
    }
}

#[test]
fn identifiers_are_never_given_twice() {
    let mut bench = Bench::new();
    let mut ids: Vec<_> = (0..100).map(|_| bench.init(1, "image/png", None).unwrap()).collect();
    // A clock that is set back.
    bench.now = Millis(0);
    ids.extend((0..100).map(|_| bench.init(1, "image/png", None).unwrap()));
    assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(ids.iter().all(|id| id.number() % 2 == 1 && id.number() > 1 << 53));
}

#[test]
fn calls_beyond_the_rate_limit_wait_for_the_next_window() {
    let status = Request::Status { id: MediaId::new(7).unwrap() };
    let finalize = Request::Finalize { id: MediaId::new(7).unwrap() };
    let mut bench = Bench::new();
    bench.now = Millis(1_000_500);
    for used in 1..=1875 {
        let rate = bench.machine.count(bench.now, Version::V2, &finalize).unwrap();
        assert_eq!((rate.limit, rate.remaining, rate.reset), (Some(1875), Some(1875 - used), Some(1901)));
    }
    let refused = Err(Refusal::RateLimited { reset: 1901, limit: Some(1875) });
    assert_eq!(bench.machine.count(bench.now, Version::V2, &finalize), refused);
    bench.wait(899_999);
    assert_eq!(bench.machine.count(bench.now, Version::V2, &finalize), refused);
    assert_eq!(bench.machine.count(bench.now, Version::V2, &status), Ok(RateLimit::default()));
    assert_eq!(bench.machine.count(bench.now, Version::V1_1, &finalize).unwrap().limit, Some(615));
    bench.wait(1);
    assert_eq!(bench.machine.count(bench.now, Version::V2, &finalize).unwrap().remaining, Some(1874));
    let mut bench = Bench::with(Settings { rate_limits: false, ..Settings::default() });
    assert!((0..2000).all(|_| bench.machine.count(bench.now, Version::V2, &finalize).is_ok()));
}

#[test]
fn an_upload_that_could_not_be_checked_is_checked_when_it_is_finalized_again() {
    let mut bench = Bench::new();
    let id = bench.upload(VIDEO, "video/mp4", TWEET_VIDEO, 1 << 20);
    let reply = bench.machine.handle(bench.now, Version::V2, &Request::Finalize { id }, None).unwrap();
    assert!(matches!(reply, Reply::Check(..)));
    bench.machine.not_checked(id);
    assert!(matches!(bench.status(id), Err(Refusal::Storage(_))));
    bench.wait(2000);
    bench.finalize(id).unwrap();
    assert_eq!(bench.state(id), State::Succeeded);
}
