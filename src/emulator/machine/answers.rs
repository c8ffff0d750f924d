//! What the machine answers, and how an upload seems to be processed.

use super::Machine;
use crate::api::{Answer, Expiry, Image, ProcessingInfo, State, Version, Video};
use crate::emulator::Refusal;
use crate::emulator::judgement::Judgement;
use crate::emulator::store::Store;
use crate::emulator::upload::{Millis, Phase, Shown, Upload};

impl<S: Store> Machine<S> {
    /// The answer to FINALIZE where STATUS tells the outcome, the same each time.
    pub(super) fn accepted(&self, upload: &Upload, version: Version) -> Answer {
        let check_after_secs = Some((self.settings.processing_ms / 2000).clamp(1, 60));
        Answer {
            size: Some(upload.total_bytes),
            processing: Some(ProcessingInfo {
                state: State::Pending,
                check_after_secs,
                progress_percent: None,
                error: None,
            }),
            ..outline(upload, upload.finalized_ms.unwrap_or(upload.created_ms), version)
        }
    }

    /// How the processing of an upload goes that was finalized.
    pub(super) fn processing(&self, now: Millis, upload: &Upload, finalized: Millis) -> ProcessingInfo {
        let elapsed = now.0.saturating_sub(finalized.0);
        let total = self.settings.processing_ms;
        let over =
            |state, progress_percent, error| ProcessingInfo { state, check_after_secs: None, progress_percent, error };
        match &upload.judgement {
            Some(judgement) if elapsed >= total => match &judgement.defect {
                None => over(State::Succeeded, Some(100), None),
                Some(defect) => over(State::Failed, None, Some(defect.processing_error())),
            },
            _ => in_progress(elapsed, total),
        }
    }

    /// How an upload stands, for a page.
    pub(in crate::emulator) fn shown(&self, now: Millis, upload: &Upload) -> Shown {
        let shown = |state: &str, error| Shown { state: state.to_owned(), percent: None, error };
        match (upload.phase, upload.finalized_ms) {
            (Phase::Receiving, _) | (_, None) => shown("receiving", None),
            (Phase::Processing, _) if !upload.is_asynchronous() => shown("pending", None),
            (Phase::Succeeded, _) if !upload.is_asynchronous() => shown("succeeded", None),
            (Phase::Failed, _) if !upload.is_asynchronous() => {
                let defect = upload.judgement.as_ref().and_then(|judgement| judgement.defect.as_ref());
                shown("failed", defect.map(|defect| defect.refusal().to_string()))
            }
            (_, Some(finalized)) => {
                let info = self.processing(now, upload, finalized);
                let percent = info.progress_percent.filter(|_| info.state == State::InProgress);
                let error = info.error.and_then(|error| error.message);
                Shown { state: info.state.as_str().to_owned(), percent, error }
            }
        }
    }
}

/// What every answer says of an upload.
pub(super) fn outline(upload: &Upload, now: Millis, version: Version) -> Answer {
    // v1.1 "can optionally return a media_key when a media_category is specified".
    let keyed = version == Version::V2 || upload.media_category.is_some();
    Answer {
        id: Some(upload.id),
        media_key: upload.media_key.clone().filter(|_| keyed),
        expires: Some(Expiry::AfterSecs(upload.expires_ms.0.saturating_sub(now.0) / 1000)),
        ..Answer::default()
    }
}

/// The answer to FINALIZE or a simple upload where it is the outcome, the same each time.
pub(super) fn outcome(upload: &Upload, now: Millis) -> Result<Answer, Refusal> {
    let judgement = upload.judgement.as_ref();
    if upload.phase == Phase::Failed
        && let Some(defect) = judgement.and_then(|judgement| judgement.defect.as_ref())
    {
        return Err(defect.refusal());
    }
    let image = judgement.and_then(|judgement| {
        let dimensions = judgement.dimensions?;
        Some(Image {
            image_type: judgement.content_type.clone(),
            width: Some(dimensions.width.into()),
            height: Some(dimensions.height.into()),
        })
    });
    Ok(Answer {
        size: Some(upload.total_bytes),
        image,
        video: judgement.and_then(video),
        ..outline(upload, upload.finalized_ms.unwrap_or(now), upload.api)
    })
}

/// How a processing goes that takes `total` milliseconds and began `elapsed` ago.
fn in_progress(elapsed: u64, total: u64) -> ProcessingInfo {
    let left = total.saturating_sub(elapsed);
    let check_after_secs = Some(left.div_ceil(1000).clamp(1, 5));
    let percent = elapsed.saturating_mul(100).checked_div(total).unwrap_or(99).min(99);
    if percent < PENDING_PERCENT {
        return ProcessingInfo { state: State::Pending, check_after_secs, progress_percent: None, error: None };
    }
    let progress_percent = u8::try_from(percent).ok();
    ProcessingInfo { state: State::InProgress, check_after_secs, progress_percent, error: None }
}

pub(super) fn video(judgement: &Judgement) -> Option<Video> {
    judgement.is_video().then(|| Video { video_type: judgement.content_type.clone() })
}

/// Until how much of the processing STATUS says pending.
const PENDING_PERCENT: u64 = 25;
