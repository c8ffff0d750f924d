//! One file from the check to the end of its upload: journal, upload, alternative text, subtitles.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use media_preflight::api::{Encoding, Subtitle, UserId, Version};
use media_preflight::report::written;
use media_preflight::upload::{
    Entry, FollowUp, Header, Journal, Journals, MediaFile, Plan, Policy, RawPath, Record, State, Subject, Upload,
    UploadError, Uploaded, Wanted, now,
};

use super::answer::{FileAnswer, SubtitleAnswer, Word};
use super::bar::Bars;
use super::connect::Connection;
use super::gate::{Ready, absolute, from_root};
use crate::cli::note;

/// What all uploads of a run have in common.
pub(crate) struct Sender<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) journals: &'a Journals,
    pub(crate) settings: &'a Settings,
    pub(crate) bars: &'a Bars,
    pub(crate) stop: &'a AtomicBool,
}

/// How files are sent.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) additional_owners: Vec<UserId>,
    pub(crate) chunk: Option<u64>,
    pub(crate) parallel: usize,
    pub(crate) simple: bool,
    pub(crate) encoding: Encoding,
    /// How long the server may take to look at a file.
    pub(crate) wait: Duration,
    /// How long to wait after the first failure of a call at most.
    pub(crate) backoff: Duration,
    /// Whether what is remembered is passed over.
    pub(crate) anew: bool,
}

/// An upload that is done, as far as it goes on from.
struct Sent {
    uploaded: Uploaded,
    state: State,
    journal: Journal,
}

impl Settings {
    /// How files are sent where nobody asks for anything else.
    pub(crate) const fn plain(parallel: usize) -> Self {
        Self {
            additional_owners: Vec::new(),
            chunk: None,
            parallel,
            simple: false,
            encoding: Encoding::Raw,
            wait: Duration::from_secs(1800),
            backoff: Duration::from_secs(1),
            anew: false,
        }
    }

    /// What is asked of the upload of a file, with its alternative text.
    pub(crate) fn plan(&self, ready: &Ready) -> Plan {
        let text = ready.alt_text.as_ref().filter(|_| ready.takes_alt_text());
        Plan {
            size: ready.file.stamp().size,
            media_type: ready.media_type.as_str().to_owned(),
            category: Some(ready.category),
            additional_owners: self.additional_owners.clone(),
            encoding: self.encoding,
            simple: self.simple,
            chunk: self.chunk,
            parallel: self.parallel,
            follow_ups: text.map(|text| FollowUp::AltText(text.clone())).into_iter().collect(),
        }
    }
}

impl Sender<'_> {
    /// Sends a file and all that goes with it.
    pub(crate) fn send(&self, ready: &Ready) -> FileAnswer {
        let path = written(&ready.path).into_owned();
        let mut answer = FileAnswer::new(path, Word::Unfinished);
        answer.findings.clone_from(&ready.passed_over);
        if let Err(error) = self.send_all(ready, &mut answer) {
            answer.failed(&error);
        }
        answer
    }

    fn send_all(&self, ready: &Ready, answer: &mut FileAnswer) -> Result<(), UploadError> {
        let plan = self.settings.plan(ready);
        answer.bytes = plan.size;
        answer.category = Some(ready.category);
        answer.media_type = Some(ready.media_type.as_str());
        let mut sent = self.upload(ready, plan.clone(), answer)?;
        answer.alt_text = !plan.follow_ups.is_empty();
        for subtitle in &ready.subtitles {
            let mut captions = FileAnswer::new(subtitle.wanted.path.clone(), Word::Unfinished);
            let captions = self.upload(&subtitle.ready, self.settings.plan(&subtitle.ready), &mut captions)?;
            let id = captions.uploaded.id;
            let (language_code, display_name) = (subtitle.wanted.language.clone(), subtitle.wanted.name.clone());
            let attach = FollowUp::Subtitle(Subtitle { id, language_code, display_name });
            // The upload is done: what is left of it is to attach these.
            let plan = Plan { follow_ups: vec![attach], ..plan.clone() };
            let ended = self.run(&ready.file, &mut sent.journal, plan, sent.state, answer);
            sent.state = ended.1;
            ended.0?;
            let (language, name) = (subtitle.wanted.language.clone(), subtitle.wanted.name.clone());
            let wire_language = wire(&language, self.connection.client.version());
            answer.subtitles.push(SubtitleAnswer { language, wire_language, name, media_id: id.to_string() });
        }
        answer.uploaded(&sent.uploaded);
        if self.settings.simple {
            answer.segments = 1;
        }
        Ok(())
    }

    /// Uploads one file, from where an earlier run left it.
    fn upload(&self, ready: &Ready, plan: Plan, answer: &mut FileAnswer) -> Result<Sent, UploadError> {
        let subject = self.subject(ready);
        let name = subject.name();
        let (mut journal, entry) = self.journals.open(&subject)?;
        let entry = entry.filter(|_| !self.settings.anew);
        let before = entry.as_ref().map(|entry| entry.header.wanted.clone());
        let state = match entry.map(|entry| go_on(entry, &ready.file)) {
            Some(Ok(state)) => {
                let wanted = self.wanted(ready).or(before.as_ref());
                if before.is_some_and(|before| before != wanted) {
                    journal.write(&Record::Wanted(wanted))?;
                }
                state
            }
            other => {
                if let Some(Err(why)) = other {
                    self.bars.aside(|| note(&format_args!("{}: {why}, so the upload begins anew", answer.path)));
                }
                journal.begin(&self.header(subject, ready)).map(|()| State::default())?
            }
        };
        answer.resumed = state.session.is_some() || state.uploaded.is_some();
        let (result, state) = self.run(&ready.file, &mut journal, plan, state, answer);
        // Of what the server refused from the first call on there is nothing to go on with, and nothing to remember.
        if let Err(UploadError::Failed(failure)) = &result
            && !failure.is_resumable()
            && state == State::default()
        {
            drop(journal);
            self.journals.forget(&name)?;
            return Err(failure.clone().into());
        }
        Ok(Sent { uploaded: result?, state, journal })
    }

    fn run(
        &self,
        file: &Arc<MediaFile>,
        journal: &mut Journal,
        plan: Plan,
        state: State,
        answer: &mut FileAnswer,
    ) -> (Result<Uploaded, UploadError>, State) {
        let bar = self.bars.file(&answer.path, plan.size);
        let (client, stop) = (&self.connection.client, self.stop);
        let policy = Policy { processing: self.settings.wait, base: self.settings.backoff, ..Policy::default() };
        let ended = Upload { client, file, journal, plan, state, policy, stop }.run(&mut |report| bar.show(report));
        bar.finish();
        answer.known(&ended.state);
        answer.calls = answer.calls.saturating_add(ended.calls);
        (ended.result, ended.state)
    }

    fn subject(&self, ready: &Ready) -> Subject {
        let mut additional_owners = self.settings.additional_owners.clone();
        additional_owners.sort_unstable();
        additional_owners.dedup();
        Subject {
            api: self.connection.client.version(),
            endpoint: self.connection.client.endpoint().to_string(),
            account: self.connection.account.clone(),
            path: absolute(&ready.path),
            category: Some(ready.category),
            additional_owners,
            simple: self.settings.simple,
        }
    }

    fn header(&self, subject: Subject, ready: &Ready) -> Header {
        Header {
            journal: Header::VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            began: now(),
            subject,
            raw_path: RawPath::of(&from_root(&ready.path)),
            stamp: ready.file.stamp(),
            media_type: ready.media_type.as_str().to_owned(),
            wanted: self.wanted(ready),
        }
    }

    /// What this run asks for beside the upload.
    fn wanted(&self, ready: &Ready) -> Wanted {
        Wanted {
            alt_text: ready.alt_text.clone(),
            subtitles: ready.subtitles.iter().map(|subtitle| subtitle.wanted.clone()).collect(),
            base64: self.settings.encoding == Encoding::Base64,
        }
    }
}

/// The name of a language on the wire; one that has none was refused before.
pub(super) fn wire(language: &str, version: Version) -> String {
    Subtitle::wire_language(language, version).unwrap_or_else(|_| language.to_owned())
}

/// The state to go on from, or why there is none.
fn go_on(entry: Entry, file: &MediaFile) -> Result<State, String> {
    let Entry { header, state, .. } = entry;
    if !is_same(&state, &header, file) {
        return Err("the file has changed since an earlier upload of it".to_owned());
    }
    match state.expires() {
        Some(expires) if expires <= now() => Err("an earlier upload of the file has expired".to_owned()),
        _ => Ok(state),
    }
}

/// Whether the file is the one that was checked when the upload was begun.
pub(super) fn is_same(state: &State, header: &Header, file: &MediaFile) -> bool {
    header.stamp == file.stamp() || has_content(state, header, file)
}

/// Whether a file that was touched since is the one of which the server has segments. What it does not have yet was checked
/// anew, and all of it is held against what was sent before the end.
fn has_content(state: &State, header: &Header, file: &MediaFile) -> bool {
    if header.stamp.size != file.stamp().size {
        return false;
    }
    let digest = || file.digest(&[], &|| true).ok().flatten();
    match (&state.sha256, &state.session) {
        (Some(sha256), _) => digest().is_some_and(|digest| digest.sha256 == *sha256),
        (None, Some(session)) if !session.stored.is_empty() => {
            file.holds(session.stored.values().copied()).unwrap_or(false)
        }
        _ => false,
    }
}
