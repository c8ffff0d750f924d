//! The server without sockets, threads or a clock: a request and a time in, an answer or a refusal out.
//!
//! ```text
//!  INIT            APPEND ...          FINALIZE                       the check is done
//! ------> Receiving --------> Receiving --------> Processing -------------------------------> Succeeded
//!                                 |                   ^   |  repeated FINALIZE: the same answer    or Failed
//!                                 | sizes do not      |   |  STATUS: pending, in_progress
//!                                 +-> add up: 400     +---+
//! ```
//!
//! What takes long, that is making one content of the segments and checking it, is left to the caller: it is told by
//! [`Reply`], does [`check`](super::check), and hands the outcome back by [`Machine::checked`]. A video or GIF with a category
//! is answered at once and asked for by STATUS; anything else waits for the outcome.

mod answers;
mod attach;
mod limits;

use std::collections::{BTreeMap, BTreeSet};

use super::judgement::{Defect, Judgement};
use super::rates::Rates;
use super::store::{Spool, Store};
use super::upload::{Millis, Phase, Upload, media_key};
use super::{LAST_SEGMENT, MAX_SEGMENT, Refusal};
use crate::api::{Answer, Expiry, MediaId, RateLimit, Request, State, UserId, Version};
use crate::profile::{Category, Profile, Use};
use answers::{outcome, outline, video};
use limits::{allow_owners, known_type};

/// What a server does by its settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rule pack that uploads are held against.
    pub profile: Profile,
    /// For how long uploads can be sent and used, in seconds.
    pub expires_secs: u64,
    /// For how long the processing of a video or GIF seems to take, in milliseconds.
    pub processing_ms: u64,
    /// Whether the recorded rate limits hold.
    pub rate_limits: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { profile: Profile::default(), expires_secs: 86_400, processing_ms: 2000, rate_limits: true }
    }
}

/// The server.
#[derive(Debug)]
pub struct Machine<S: Store> {
    store: S,
    settings: Settings,
    uploads: BTreeMap<MediaId, Upload>,
    rates: Rates,
    /// Uploads whose check could not be done.
    broken: BTreeSet<MediaId>,
    /// Raised with every change that a page would show.
    revision: u64,
}

/// What became of a request that is not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is answered.
    Done(Answer),
    /// It is answered, and the upload is to be checked beside that.
    Check(Answer, MediaId),
    /// The upload is to be checked first; [`Machine::checked`] has the answer.
    Wait(MediaId),
}

impl<S: Store> Machine<S> {
    /// A server over what `store` holds.
    ///
    /// Errors: the store could not be read.
    pub fn new(store: S, settings: Settings) -> std::io::Result<Self> {
        let mut uploads = BTreeMap::new();
        for upload in store.load()? {
            // Nobody knows the identifier of what came in one call and was not answered.
            if upload.one_shot && upload.phase == Phase::Processing {
                store.forget(upload.id)?;
            } else {
                uploads.insert(upload.id, upload);
            }
        }
        let rates = Rates::new(settings.rate_limits);
        Ok(Self { store, settings, uploads, rates, broken: BTreeSet::new(), revision: 0 })
    }

    /// The uploads, by identifier.
    pub fn uploads(&self) -> impl DoubleEndedIterator<Item = &Upload> {
        self.uploads.values()
    }

    /// An upload.
    pub fn upload(&self, id: MediaId) -> Option<&Upload> {
        self.uploads.get(&id)
    }

    /// Uploads that are to be checked: at the start those whose check a restart interrupted.
    pub fn unchecked(&self) -> Vec<MediaId> {
        self.uploads.values().filter(|upload| upload.phase == Phase::Processing).map(|upload| upload.id).collect()
    }

    /// The rule pack in force.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A number that grows with every change of an upload.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Counts a call against its rate limit, and says what its headers say. Error: it is one too many.
    pub fn count(&mut self, now: Millis, version: Version, request: &Request) -> Result<RateLimit, Refusal> {
        self.rates.count(now, version, request)
    }

    /// Answers a request. `spool` holds the media of those that carry some.
    pub fn handle(
        &mut self,
        now: Millis,
        version: Version,
        request: &Request,
        spool: Option<S::Spool>,
    ) -> Result<Reply, Refusal> {
        self.drop_expired(now);
        match request {
            Request::Initialize { total_bytes, media_type, category, additional_owners, shared } => {
                let media_type = known_type(media_type, *category)?;
                self.allow_size(*total_bytes, *category, &media_type)?;
                allow_owners(additional_owners)?;
                if self.uploads.values().filter(|upload| upload.phase == Phase::Receiving).count() >= MAX_UNFINISHED {
                    return Err(Refusal::Storage("there are too many unfinished uploads".to_owned()));
                }
                let mut upload = self.fresh(now, version, *total_bytes, media_type, *category)?;
                upload.additional_owners.clone_from(additional_owners);
                upload.shared = *shared;
                self.store.save(&upload).map_err(|error| Refusal::storage(&error))?;
                let answer = outline(&upload, now, version);
                self.insert(upload);
                Ok(Reply::Done(answer))
            }
            Request::Append { id, segment_index, .. } => self.append(now, version, *id, *segment_index, spool),
            Request::Finalize { id } => self.finalize(now, version, *id),
            Request::Status { id } => self.status(now, version, *id).map(Reply::Done),
            Request::Simple { category, additional_owners, .. } => {
                self.simple(now, version, *category, additional_owners, spool)
            }
            Request::Metadata { id, alt_text } => self.metadata(now, *id, alt_text).map(Reply::Done),
            Request::SubtitlesCreate { video, subtitles, .. } => {
                self.subtitles_create(now, version, *video, subtitles).map(Reply::Done)
            }
            Request::SubtitlesDelete { video, languages, .. } => {
                self.subtitles_delete(now, *video, languages).map(Reply::Done)
            }
        }
    }

    /// Takes the outcome of a check, and answers the call that waits for it.
    pub fn checked(&mut self, now: Millis, id: MediaId, judgement: Judgement) -> Result<Answer, Refusal> {
        let upload = self.uploads.get_mut(&id).ok_or(Refusal::UnknownMedia(id))?;
        // One call is for images, a small animated GIF among them.
        if upload.one_shot && !(judgement.is_usable() && judgement.is_picture()) {
            let refusal = judgement.defect.as_ref().map_or(Refusal::MediaType, Defect::refusal);
            self.uploads.remove(&id);
            self.revision = self.revision.wrapping_add(1);
            self.store.forget(id).map_err(|error| Refusal::storage(&error))?;
            return Err(refusal);
        }
        // Faulty subtitles are told of only when they are attached.
        let usable = judgement.is_usable() || upload.is_subtitles();
        upload.phase = if usable { Phase::Succeeded } else { Phase::Failed };
        upload.judgement = Some(judgement);
        self.revision = self.revision.wrapping_add(1);
        let upload = upload.clone();
        self.store.finish(&upload).map_err(|error| Refusal::storage(&error))?;
        outcome(&upload, now)
    }

    /// The answer to FINALIZE or a simple upload, once the check is done.
    pub fn settled(&self, now: Millis, id: MediaId) -> Result<Answer, Refusal> {
        let upload = self.uploads.get(&id).ok_or(Refusal::UnknownMedia(id))?;
        outcome(upload, now)
    }

    /// Takes it that a check could not be done.
    pub fn not_checked(&mut self, id: MediaId) {
        self.broken.insert(id);
        if self.uploads.get(&id).is_some_and(|upload| upload.one_shot) {
            self.uploads.remove(&id);
            // What is left of it goes at the next start.
            let _ = self.store.forget(id);
        }
        self.revision = self.revision.wrapping_add(1);
    }

    fn append(
        &mut self,
        now: Millis,
        version: Version,
        id: MediaId,
        index: u16,
        spool: Option<S::Spool>,
    ) -> Result<Reply, Refusal> {
        let upload = self.uploads.get_mut(&id).filter(|upload| !upload.is_expired(now));
        let upload = upload.ok_or(Refusal::UnknownMedia(id))?;
        if upload.phase != Phase::Receiving {
            return Err(Refusal::UnknownMedia(id));
        }
        if index > LAST_SEGMENT {
            return Err(Refusal::SegmentIndex);
        }
        let spool = spool.ok_or(Refusal::Missing("media"))?;
        let length = spool.length();
        if length == 0 {
            return Err(Refusal::Missing("media"));
        }
        if length > MAX_SEGMENT {
            return Err(Refusal::TooLarge(MAX_SEGMENT));
        }
        self.store.keep(id, index, spool).map_err(|error| Refusal::storage(&error))?;
        upload.segments.insert(index, length);
        self.revision = self.revision.wrapping_add(1);
        let expires = match version {
            Version::V1_1 => None,
            Version::V2 => Some(Expiry::At(upload.expires_ms.seconds())),
        };
        Ok(Reply::Done(Answer { expires, ..Answer::default() }))
    }

    fn finalize(&mut self, now: Millis, version: Version, id: MediaId) -> Result<Reply, Refusal> {
        let settings = &self.settings;
        let upload = self.uploads.get_mut(&id).filter(|upload| !upload.is_expired(now) && !upload.one_shot);
        let upload = upload.ok_or(Refusal::UnknownMedia(id))?;
        if self.broken.remove(&id) {
            return Ok(Reply::Wait(id));
        }
        match upload.phase {
            Phase::Receiving => {
                if !upload.is_complete() {
                    return Err(Refusal::Segments);
                }
                if upload.media_category.is_none() && upload.total_bytes > MAX_SYNCHRONOUS {
                    return Err(Refusal::Synchronously);
                }
                let mut finalized = upload.clone();
                finalized.phase = Phase::Processing;
                finalized.finalized_ms = Some(now);
                finalized.expires_ms = now.plus_seconds(settings.expires_secs);
                self.store.save(&finalized).map_err(|error| Refusal::storage(&error))?;
                *upload = finalized.clone();
                self.revision = self.revision.wrapping_add(1);
                if finalized.is_asynchronous() {
                    Ok(Reply::Check(self.accepted(&finalized, version), id))
                } else {
                    Ok(Reply::Wait(id))
                }
            }
            Phase::Processing | Phase::Succeeded | Phase::Failed if upload.is_asynchronous() => {
                let upload = upload.clone();
                Ok(Reply::Done(self.accepted(&upload, version)))
            }
            Phase::Processing => Ok(Reply::Wait(id)),
            Phase::Succeeded | Phase::Failed => {
                let upload = upload.clone();
                outcome(&upload, now).map(Reply::Done)
            }
        }
    }

    fn status(&self, now: Millis, version: Version, id: MediaId) -> Result<Answer, Refusal> {
        let upload = self.uploads.get(&id).filter(|upload| !upload.is_expired(now)).ok_or(Refusal::NotProcessed)?;
        if self.broken.contains(&id) {
            return Err(Refusal::Storage("the upload could not be checked".to_owned()));
        }
        let finalized = upload.finalized_ms.filter(|_| upload.is_asynchronous()).ok_or(Refusal::NotProcessed)?;
        let mut answer = outline(upload, now, version);
        if version == Version::V2 {
            answer.size = Some(upload.total_bytes);
        }
        let processing = self.processing(now, upload, finalized);
        let judgement = upload.judgement.as_ref();
        match processing.state {
            State::Succeeded => answer.video = judgement.and_then(video),
            State::Failed => answer.expires = None,
            _ => {}
        }
        answer.processing = Some(processing);
        Ok(answer)
    }

    fn simple(
        &mut self,
        now: Millis,
        version: Version,
        category: Option<Category>,
        owners: &[UserId],
        spool: Option<S::Spool>,
    ) -> Result<Reply, Refusal> {
        let spool = spool.filter(|spool| spool.length() > 0).ok_or(Refusal::Missing("media"))?;
        allow_owners(owners)?;
        // "To upload videos or GIFs (tweet_video, amplify_video, and tweet_gif), you need to use the chunked upload end-point."
        if category.is_some_and(|category| category.takes() != Use::Image) {
            return Err(Refusal::Invalid("media_category"));
        }
        self.allow_size(spool.length(), category, "image/")?;
        let mut upload = self.fresh(now, version, spool.length(), String::new(), category)?;
        upload.additional_owners = owners.to_vec();
        upload.one_shot = true;
        upload.phase = Phase::Processing;
        upload.finalized_ms = Some(now);
        self.store.save(&upload).map_err(|error| Refusal::storage(&error))?;
        let id = upload.id;
        if let Err(error) = self.store.keep_whole(id, spool) {
            // What is left of it goes at the next start.
            let _ = self.store.forget(id);
            return Err(Refusal::storage(&error));
        }
        self.insert(upload);
        Ok(Reply::Wait(id))
    }

    /// A new upload under an identifier that none has.
    fn fresh(
        &self,
        now: Millis,
        version: Version,
        total_bytes: u64,
        media_type: String,
        category: Option<Category>,
    ) -> Result<Upload, Refusal> {
        let id = self.fresh_id(now)?;
        Ok(Upload {
            id,
            media_key: media_key(id, category, &media_type),
            phase: Phase::Receiving,
            api: version,
            total_bytes,
            media_type,
            media_category: category,
            additional_owners: Vec::new(),
            shared: false,
            created_ms: now,
            expires_ms: now.plus_seconds(self.settings.expires_secs),
            one_shot: false,
            segments: BTreeMap::new(),
            finalized_ms: None,
            judgement: None,
            alt_text: None,
            subtitles: Vec::new(),
        })
    }

    /// An identifier as the platform makes them: the time in milliseconds since its own epoch, and 22 bits more. It is odd, so
    /// that a client that keeps it as a float sends back another one.
    fn fresh_id(&self, now: Millis) -> Result<MediaId, Refusal> {
        let time = now.0.saturating_sub(PLATFORM_EPOCH_MS).saturating_mul(1 << 22) | 1;
        let newest = self.uploads.keys().next_back().map_or(0, |id| id.number());
        let number = if newest >= time { newest.saturating_add(2) | 1 } else { time };
        MediaId::new(number).ok_or_else(|| Refusal::Storage("there is no identifier left".to_owned()))
    }

    fn insert(&mut self, upload: Upload) {
        self.uploads.insert(upload.id, upload);
        self.revision = self.revision.wrapping_add(1);
    }

    /// Lets go of the segments of uploads that were never finished and no longer can be.
    fn drop_expired(&mut self, now: Millis) {
        let gone = |upload: &Upload| upload.phase == Phase::Receiving && upload.is_expired(now);
        let ids: Vec<_> = self.uploads.values().filter(|upload| gone(upload)).map(|upload| upload.id).collect();
        for id in ids {
            self.uploads.remove(&id);
            self.revision = self.revision.wrapping_add(1);
            // Where it cannot be removed now, it is after the next start.
            let _ = self.store.forget(id);
        }
    }
}

/// Most bytes of an upload without a category, which is finalized synchronously. The platform's own bound is not known; this is
/// the limit of a GIF.
const MAX_SYNCHRONOUS: u64 = 15 << 20;
/// Most uploads that are begun and not finalized.
const MAX_UNFINISHED: usize = 10_000;
/// The platform counts milliseconds from 2010-11-04T01:42:54.657Z.
const PLATFORM_EPOCH_MS: u64 = 1_288_834_974_657;

#[cfg(test)]
mod tests;
