//! What came of each file, for people and as JSON.

use std::io::{self, Write};

use media_preflight::Category;
use media_preflight::api::{MediaId, MediaKey};
use media_preflight::finding::FileReport;
use media_preflight::report::visible;
use media_preflight::upload::{Failure, JournalError, Moment, State, UploadError, Uploaded, now};
use serde::Serialize;

use super::gate::reasons;
use super::words::{clock, span};
use crate::cli::args::Format;
use crate::cli::interrupt::INTERRUPTED;
use crate::cli::terminal::Terminal;

/// What came of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer {
    /// One entry a file, in the order of the arguments.
    pub(crate) files: Vec<FileAnswer>,
    /// The ids for a post, in order. Absent: no post was asked for, or it is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) post: Option<PostAnswer>,
}

/// The media of a post.
#[derive(Debug, Serialize)]
pub(crate) struct PostAnswer {
    /// The ids, in the order of the arguments.
    pub(crate) media_ids: Vec<String>,
    /// Why the files are no post, one sentence each.
    pub(crate) findings: Vec<String>,
}

/// What came of one file.
#[derive(Debug, Serialize)]
pub(crate) struct FileAnswer {
    /// The path as it was given.
    pub(crate) path: String,
    /// The id, as text: languages whose numbers are floats round it.
    pub(crate) media_id: Option<String>,
    /// The same, under the name that version 1.1 has for it.
    pub(crate) media_id_string: Option<String>,
    /// The key.
    pub(crate) media_key: Option<MediaKey>,
    /// What came of it.
    pub(crate) state: Word,
    /// Size of the file.
    pub(crate) bytes: u64,
    /// Segments that the server has of it.
    pub(crate) segments: u64,
    /// Whether an earlier run had begun it.
    pub(crate) resumed: bool,
    /// When the id expires, in seconds since 1970.
    pub(crate) expires_at: Option<u64>,
    /// What it was sent for.
    pub(crate) category: Option<Category>,
    /// MIME type.
    pub(crate) media_type: Option<&'static str>,
    /// SHA-256 of the file, where it was sent in segments.
    pub(crate) sha256: Option<String>,
    /// Calls that were made.
    pub(crate) calls: u64,
    /// Bytes that the server had taken and were sent again under another id.
    pub(crate) repeated_bytes: u64,
    /// Whether an alternative text is attached.
    pub(crate) alt_text: bool,
    /// The subtitles that are attached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) subtitles: Vec<SubtitleAnswer>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorAnswer>,
    /// Why the check refuses the file, or what of it was passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<String>,
    /// What would be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<super::dry_run::PlanAnswer>,
}

/// Subtitles that are attached to a video.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SubtitleAnswer {
    /// BCP 47 tag.
    pub(crate) language: String,
    /// The language as the server has it: in version 2 of the API `EN` for `en-GB`.
    pub(crate) wire_language: String,
    /// What viewers see.
    pub(crate) name: String,
    /// Their upload.
    pub(crate) media_id: String,
}

/// What went wrong.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorAnswer {
    /// In words, the server's own among them.
    pub(crate) message: String,
    /// The status of HTTP, where the server said no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    /// What the message means, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meaning: Option<String>,
    /// The rule that it is about, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<&'static str>,
}

/// What came of a file, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// It is uploaded.
    Succeeded,
    /// The server refused it.
    Failed,
    /// The check refused it, so nothing was sent.
    CheckFailed,
    /// It was not sent, since another file of the post was not fit.
    NotSent,
    /// The same command goes on.
    Unfinished,
    /// It was interrupted; the same command goes on.
    Interrupted,
    /// It cannot be read, or it changed.
    Unreadable,
    /// It would be sent.
    Planned,
}

impl FileAnswer {
    /// An answer about a file of which nothing is known yet.
    pub(crate) fn new(path: String, state: Word) -> Self {
        Self {
            path,
            media_id: None,
            media_id_string: None,
            media_key: None,
            state,
            bytes: 0,
            segments: 0,
            resumed: false,
            expires_at: None,
            category: None,
            media_type: None,
            sha256: None,
            calls: 0,
            repeated_bytes: 0,
            alt_text: false,
            subtitles: Vec::new(),
            error: None,
            findings: Vec::new(),
            plan: None,
        }
    }

    /// The answer about a file that the check refuses.
    pub(crate) fn refused(path: String, report: &FileReport) -> Self {
        Self {
            bytes: report.size,
            category: report.category,
            media_type: report.media_type.map(media_preflight::facts::MediaType::as_str),
            findings: reasons(report),
            ..Self::new(path, Word::CheckFailed)
        }
    }

    /// The answer about a file that cannot be read.
    pub(crate) fn unreadable(path: String, why: String) -> Self {
        let error = Some(ErrorAnswer { message: why, http_status: None, meaning: None, rule: None });
        Self { error, ..Self::new(path, Word::Unreadable) }
    }

    /// Takes in the upload.
    pub(crate) fn uploaded(&mut self, uploaded: &Uploaded) {
        self.state = Word::Succeeded;
        self.id(uploaded.id);
        self.media_key.clone_from(&uploaded.key);
        self.expires_at = uploaded.expires.map(Moment::as_secs);
    }

    /// Takes in what is known of an upload, finished or not.
    pub(crate) fn known(&mut self, state: &State) {
        if let Some(session) = &state.session {
            self.id(session.id);
            self.media_key.clone_from(&session.key);
            self.segments = session.stored.len() as u64;
        }
        self.expires_at = state.expires().map(Moment::as_secs);
        self.sha256.clone_from(&state.sha256);
        self.repeated_bytes = state.repeated;
    }

    /// Takes in why an upload did not come to its end.
    pub(crate) fn failed(&mut self, error: &UploadError) {
        self.state = match error {
            UploadError::Failed(Failure::Interrupted) => Word::Interrupted,
            UploadError::Failed(failure) if failure.is_resumable() => Word::Unfinished,
            // Another process is at it: it is neither done nor lost.
            UploadError::Journal(JournalError::InUse(_)) => Word::Unfinished,
            UploadError::Failed(Failure::Changed(_)) | UploadError::File(_) | UploadError::Journal(_) => {
                Word::Unreadable
            }
            UploadError::Failed(_) => Word::Failed,
        };
        self.error = Some(ErrorAnswer::of(error));
    }

    fn id(&mut self, id: MediaId) {
        self.media_id = Some(id.to_string());
        self.media_id_string = Some(id.to_string());
    }
}

impl ErrorAnswer {
    /// What went wrong, with what is known of the server's message.
    pub(crate) fn of(error: &UploadError) -> Self {
        let (http_status, found) = match error {
            UploadError::Failed(Failure::Refused { error, .. }) => (Some(error.status), super::words::known(error)),
            UploadError::Failed(Failure::Processing(error)) => (None, super::words::known_processing(error)),
            _ => (None, None),
        };
        Self {
            message: error.to_string(),
            http_status,
            meaning: found.as_ref().map(media_preflight::api::known::Found::meaning),
            rule: found.and_then(|found| found.row.rules.first().copied()),
        }
    }
}

impl Answer {
    /// The exit status: of what went wrong, the gravest.
    pub(crate) fn exit_code(&self) -> u8 {
        let any = |words: &[Word]| self.files.iter().any(|file| words.contains(&file.state));
        if any(&[Word::Interrupted]) {
            INTERRUPTED
        } else if any(&[Word::Unreadable]) {
            3
        } else if any(&[Word::Unfinished]) {
            4
        } else {
            let is_no_post = self.post.as_ref().is_some_and(|post| !post.findings.is_empty());
            u8::from(is_no_post || any(&[Word::Failed, Word::CheckFailed, Word::NotSent]))
        }
    }

    /// Writes the answer to standard output.
    pub(crate) fn write(&self, format: Format) -> io::Result<()> {
        let mut output = Terminal::output();
        match format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut output, self)?;
                writeln!(output)?;
            }
            Format::Human => {
                for file in &self.files {
                    file.write(&mut output)?;
                }
                if let Some(post) = self.post.as_ref().filter(|post| !post.media_ids.is_empty()) {
                    writeln!(output, "media ids: {}", post.media_ids.join(","))?;
                }
            }
        }
        output.flush()
    }
}

impl FileAnswer {
    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let path = visible(&self.path);
        if let Some(plan) = &self.plan {
            return plan.write(output, &path);
        }
        // What went wrong is told on standard error.
        let (Word::Succeeded, Some(id)) = (self.state, &self.media_id) else { return Ok(()) };
        let key = self.media_key.as_ref().map(|key| format!(" (key {key})")).unwrap_or_default();
        let how = match (self.calls, self.resumed) {
            (0, true) => "already uploaded as",
            (_, true) => "resumed, and uploaded as",
            (_, false) => "uploaded as",
        };
        let expires = self.expires_at.map(|expires| {
            let left = expires.saturating_sub(now().as_secs());
            format!(", to be used within {} (until {})", span(left), clock(expires))
        });
        writeln!(output, "{path}: {how} {id}{key}{}", expires.unwrap_or_default())?;
        if self.alt_text {
            writeln!(output, "  with its alternative text")?;
        }
        for subtitle in &self.subtitles {
            let SubtitleAnswer { language, name, media_id, .. } = subtitle;
            writeln!(output, "  with subtitles {language} ({}), uploaded as {media_id}", visible(name))?;
        }
        if self.repeated_bytes > 0 {
            writeln!(output, "  {} bytes were sent twice, under an id that is no longer good", self.repeated_bytes)?;
        }
        Ok(())
    }
}
