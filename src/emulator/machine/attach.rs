//! What is attached to an upload: alternative texts and subtitles.

use super::Machine;
use crate::api::{Answer, MediaId, Subtitle, Version};
use crate::emulator::Refusal;
use crate::emulator::judgement::Judgement;
use crate::emulator::store::Store;
use crate::emulator::upload::{Phase, Upload};
use crate::profile::Use;

impl<S: Store> Machine<S> {
    pub(super) fn metadata(&mut self, id: MediaId, text: &str) -> Result<Answer, Refusal> {
        let upload = self.uploads.get_mut(&id).filter(|upload| upload.phase != Phase::Receiving);
        let upload = upload.ok_or(Refusal::UnknownMedia(id))?;
        let is_picture = match upload.media_category {
            Some(category) => matches!(category.takes(), Use::Image | Use::Gif),
            None => !upload.judgement.as_ref().is_some_and(Judgement::is_video),
        };
        let limit = self.settings.profile.limits().alt_text_too_long.of(upload.media_category).value;
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        if !(is_picture || limit.videos) || length > limit.most {
            return Err(Refusal::Invalid("alt_text"));
        }
        upload.alt_text = Some(text.to_owned());
        self.revision = self.revision.wrapping_add(1);
        self.store.save(upload).map_err(|error| Refusal::storage(&error))?;
        Ok(Answer { id: Some(id), ..Answer::default() })
    }

    pub(super) fn subtitles_create(
        &mut self,
        version: Version,
        video: MediaId,
        subtitles: &[Subtitle],
    ) -> Result<Answer, Refusal> {
        for subtitle in subtitles {
            allow_language(version, &subtitle.language_code)?;
            if subtitle.display_name.trim().is_empty() {
                return Err(Refusal::Invalid("display_name"));
            }
            let upload = self.uploads.get(&subtitle.id);
            let upload = upload.filter(|upload| upload.phase == Phase::Succeeded && upload.is_subtitles());
            let upload = upload.ok_or(Refusal::UnknownVideo)?;
            if !upload.judgement.as_ref().is_some_and(Judgement::is_usable) {
                return Err(Refusal::BadSubtitles);
            }
        }
        let upload = self.video(video)?;
        for subtitle in subtitles {
            upload.subtitles.retain(|own| !own.language_code.eq_ignore_ascii_case(&subtitle.language_code));
            upload.subtitles.push(subtitle.clone());
        }
        self.save_video(video)
    }

    pub(super) fn subtitles_delete(&mut self, video: MediaId, languages: &[String]) -> Result<Answer, Refusal> {
        let upload = self.video(video)?;
        let has =
            |language: &String| upload.subtitles.iter().any(|own| own.language_code.eq_ignore_ascii_case(language));
        if !languages.iter().all(has) {
            return Err(Refusal::UnknownVideo);
        }
        let gone = |own: &Subtitle| languages.iter().any(|language| own.language_code.eq_ignore_ascii_case(language));
        upload.subtitles.retain(|own| !gone(own));
        let answer = self.save_video(video)?;
        Ok(Answer { deleted: Some(true), ..answer })
    }

    /// A video that was finished, whether or not its processing is over.
    fn video(&mut self, id: MediaId) -> Result<&mut Upload, Refusal> {
        let is_video = |upload: &Upload| match upload.media_category {
            Some(category) => category.takes() == Use::Video,
            None => upload.judgement.as_ref().is_some_and(Judgement::is_video),
        };
        let upload = self.uploads.get_mut(&id);
        let upload =
            upload.filter(|upload| matches!(upload.phase, Phase::Processing | Phase::Succeeded) && is_video(upload));
        upload.ok_or(Refusal::UnknownVideo)
    }

    fn save_video(&mut self, id: MediaId) -> Result<Answer, Refusal> {
        self.revision = self.revision.wrapping_add(1);
        if let Some(upload) = self.uploads.get(&id) {
            self.store.save(upload).map_err(|error| Refusal::storage(&error))?;
        }
        Ok(Answer { id: Some(id), ..Answer::default() })
    }
}

/// v1.1 takes any BCP 47 tag, v2 two capital letters.
fn allow_language(version: Version, language: &str) -> Result<(), Refusal> {
    let is_valid = match version {
        Version::V1_1 => oxilangtag::LanguageTag::parse(language).is_ok(),
        Version::V2 => language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_uppercase()),
    };
    if is_valid { Ok(()) } else { Err(Refusal::Invalid("language_code")) }
}
