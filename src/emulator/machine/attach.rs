//! What is attached to an upload: alternative texts and subtitles.

use super::Machine;
use crate::api::{Answer, MediaId, Subtitle, Version};
use crate::emulator::Refusal;
use crate::emulator::judgement::Judgement;
use crate::emulator::store::Store;
use crate::emulator::upload::{Millis, Phase, Upload};
use crate::profile::Use;

impl<S: Store> Machine<S> {
    pub(super) fn metadata(&mut self, now: Millis, id: MediaId, text: &str) -> Result<Answer, Refusal> {
        let upload = self.uploads.get(&id).filter(|upload| is_finalized(upload, now));
        let mut upload = upload.ok_or(Refusal::UnknownMedia(id))?.clone();
        let is_picture = match upload.media_category {
            Some(category) => matches!(category.takes(), Use::Image | Use::Gif),
            None => !is_judged_video(&upload),
        };
        let limit = self.settings.profile.limits().alt_text_too_long.of(upload.media_category).value;
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        if !(is_picture || limit.videos) || length > limit.most {
            return Err(Refusal::Invalid("alt_text"));
        }
        upload.alt_text = Some(text.to_owned());
        self.replace(upload)
    }

    pub(super) fn subtitles_create(
        &mut self,
        now: Millis,
        version: Version,
        video: MediaId,
        subtitles: &[Subtitle],
    ) -> Result<Answer, Refusal> {
        for subtitle in subtitles {
            allow_language(version, &subtitle.language_code)?;
            if subtitle.display_name.trim().is_empty() {
                return Err(Refusal::Invalid("display_name"));
            }
            let upload = self.uploads.get(&subtitle.id).filter(|upload| is_finalized(upload, now));
            let upload = upload.filter(|upload| upload.is_subtitles()).ok_or(Refusal::UnknownVideo)?;
            if !upload.judgement.as_ref().is_some_and(Judgement::is_usable) {
                return Err(Refusal::BadSubtitles);
            }
        }
        let mut upload = self.video(now, video)?;
        for subtitle in subtitles {
            upload.subtitles.retain(|own| !own.language_code.eq_ignore_ascii_case(&subtitle.language_code));
            upload.subtitles.push(subtitle.clone());
        }
        self.replace(upload)
    }

    pub(super) fn subtitles_delete(
        &mut self,
        now: Millis,
        video: MediaId,
        languages: &[String],
    ) -> Result<Answer, Refusal> {
        let mut upload = self.video(now, video)?;
        let is_of = |own: &Subtitle, language: &String| own.language_code.eq_ignore_ascii_case(language);
        if !languages.iter().all(|language| upload.subtitles.iter().any(|own| is_of(own, language))) {
            return Err(Refusal::UnknownVideo);
        }
        upload.subtitles.retain(|own| !languages.iter().any(|language| is_of(own, language)));
        let answer = self.replace(upload)?;
        Ok(Answer { deleted: Some(true), ..answer })
    }

    /// A video that was finalized and did not fail, whether or not its processing is over.
    fn video(&self, now: Millis, id: MediaId) -> Result<Upload, Refusal> {
        let is_video = |upload: &&Upload| match upload.media_category {
            Some(category) => category.takes() == Use::Video,
            None => is_judged_video(upload),
        };
        let upload = self.uploads.get(&id).filter(|upload| is_finalized(upload, now)).filter(is_video);
        upload.cloned().ok_or(Refusal::UnknownVideo)
    }

    /// Keeps an upload as it is now. Where that cannot be done, all stays as it was.
    fn replace(&mut self, upload: Upload) -> Result<Answer, Refusal> {
        self.store.save(&upload).map_err(|error| Refusal::storage(&error))?;
        let id = upload.id;
        self.insert(upload);
        Ok(Answer { id: Some(id), ..Answer::default() })
    }
}

/// Whether an upload can have something attached.
fn is_finalized(upload: &Upload, now: Millis) -> bool {
    matches!(upload.phase, Phase::Processing | Phase::Succeeded) && !upload.is_expired(now)
}

/// Whether an upload without a category is a video by its content.
fn is_judged_video(upload: &Upload) -> bool {
    upload.judgement.as_ref().is_some_and(Judgement::is_video)
}

/// v1.1 takes any BCP 47 tag, v2 two capital letters.
fn allow_language(version: Version, language: &str) -> Result<(), Refusal> {
    let is_valid = match version {
        Version::V1_1 => oxilangtag::LanguageTag::parse(language).is_ok(),
        Version::V2 => language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_uppercase()),
    };
    if is_valid { Ok(()) } else { Err(Refusal::Invalid("language_code")) }
}
