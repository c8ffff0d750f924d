//! The body of a request as it is sent: text from memory, media from the file in small pieces, never held.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::media_file::MediaFile;
use crate::api::{Media, Piece};

/// What a call and the one that waits for it share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Bytes of media that have been handed to the connection.
    pub(super) sent: AtomicU64,
    /// Whether the call is to be given up.
    pub(super) cancelled: AtomicBool,
}

/// The body of one request.
#[derive(Debug)]
pub(super) struct BodyReader {
    pieces: VecDeque<Source>,
    file: Arc<MediaFile>,
    shared: Arc<Shared>,
    sum: crc32fast::Hasher,
    trouble: Option<String>,
}

/// What is left of one stretch of the body.
#[derive(Debug)]
enum Source {
    Text(io::Cursor<Vec<u8>>),
    Range { offset: u64, left: u64 },
    Base64 { offset: u64, left: u64, text: io::Cursor<Vec<u8>> },
}

impl BodyReader {
    /// The body of these pieces; ranges are those of `file`.
    pub(super) fn new(pieces: Vec<Piece>, file: Arc<MediaFile>, shared: Arc<Shared>) -> Self {
        let pieces = pieces.into_iter().map(Source::of).collect();
        Self { pieces, file, shared, sum: crc32fast::Hasher::new(), trouble: None }
    }

    /// Whether all of it has been read.
    pub(super) fn is_whole(&self) -> bool {
        self.pieces.is_empty() && self.trouble.is_none()
    }

    /// CRC-32 of the media in it.
    pub(super) fn crc32(&self) -> u32 {
        self.sum.clone().finalize()
    }

    /// What went wrong with the file, if anything did.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Reads media; fewer bytes than are wanted are an error.
    fn media(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let at = offset.saturating_add(filled as u64);
            let trouble = match self.file.read_at(rest, at) {
                Ok(0) => format!("it ends at {at} bytes"),
                Ok(count) => {
                    filled = filled.saturating_add(count);
                    continue;
                }
                Err(error) => format!("it cannot be read at {at} bytes: {error}"),
            };
            self.trouble = Some(trouble.clone());
            return Err(io::Error::other(trouble));
        }
        self.sum.update(buffer);
        self.shared.sent.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

impl Source {
    fn of(piece: Piece) -> Self {
        match piece {
            Piece::Bytes(bytes) | Piece::Media(Media::Bytes(bytes)) => Self::Text(io::Cursor::new(bytes)),
            Piece::Base64(Media::Bytes(bytes)) => Self::Text(io::Cursor::new(STANDARD.encode(bytes).into_bytes())),
            Piece::Media(Media::Range { offset, length }) => Self::Range { offset, left: length },
            Piece::Base64(Media::Range { offset, length }) => {
                Self::Base64 { offset, left: length, text: io::Cursor::default() }
            }
        }
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.shared.cancelled.load(Ordering::Relaxed) {
            return Err(io::Error::other("given up"));
        }
        while let Some(source) = self.pieces.pop_front() {
            match source {
                Source::Text(mut text) => {
                    let count = text.read(buffer)?;
                    if count > 0 {
                        self.pieces.push_front(Source::Text(text));
                        return Ok(count);
                    }
                }
                Source::Range { offset, left } if left > 0 => {
                    let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len()).min(PORTION);
                    self.media(buffer.get_mut(..count).unwrap_or_default(), offset)?;
                    let (done, count) = (count as u64, count);
                    let rest = Source::Range { offset: offset.saturating_add(done), left: left.saturating_sub(done) };
                    self.pieces.push_front(rest);
                    return Ok(count);
                }
                Source::Base64 { offset, left, mut text } => {
                    let count = text.read(buffer)?;
                    if count > 0 {
                        self.pieces.push_front(Source::Base64 { offset, left, text });
                        return Ok(count);
                    }
                    if left > 0 {
                        // Whole groups of three, so that only the last one is padded.
                        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(PORTION);
                        let mut raw = vec![0; wanted];
                        self.media(&mut raw, offset)?;
                        let (offset, left) = (offset.saturating_add(wanted as u64), left.saturating_sub(wanted as u64));
                        let text = io::Cursor::new(STANDARD.encode(raw).into_bytes());
                        self.pieces.push_front(Source::Base64 { offset, left, text });
                    }
                }
                Source::Range { .. } => {}
            }
        }
        Ok(0)
    }
}

/// Bytes of media that are read at once, a multiple of three.
const PORTION: usize = 96 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn body(content: &[u8], pieces: Vec<Piece>) -> (tempfile::TempDir, BodyReader) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, content).unwrap();
        let file = Arc::new(MediaFile::open(&path).unwrap());
        (folder, BodyReader::new(pieces, file, Arc::default()))
    }

    #[test]
    fn text_and_media_come_in_order_and_whole() {
        let content: Vec<u8> = (0..300_001_u32).map(|number| (number % 251) as u8).collect();
        let pieces = || {
            vec![
                Piece::Bytes(b"head".to_vec()),
                Piece::Media(Media::Range { offset: 1, length: 300_000 }),
                Piece::Media(Media::Range { offset: 0, length: 0 }),
                Piece::Bytes(Vec::new()),
                Piece::Bytes(b"tail".to_vec()),
            ]
        };
        let (_folder, mut reader) = body(&content, pieces());
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert_eq!(read, [b"head", &content[1..], b"tail"].concat());
        assert!(reader.is_whole());
        assert_eq!(reader.crc32(), crc32fast::hash(&content[1..]));
        assert_eq!(reader.shared.sent.load(Ordering::Relaxed), 300_000);
    }

    #[test]
    fn base64_is_that_of_the_whole_range() {
        for length in [0, 1, 2, 3, 98_303, 98_304, 98_305, 200_000] {
            let content: Vec<u8> = (0..length as u32).map(|number| (number * 7) as u8).collect();
            let media = Media::Range { offset: 0, length };
            let (_folder, mut reader) = body(&content, vec![Piece::Base64(media), Piece::Bytes(b"\"}".to_vec())]);
            let mut read = String::new();
            reader.read_to_string(&mut read).unwrap();
            assert_eq!(read, format!("{}\"}}", STANDARD.encode(&content)));
            assert_eq!(reader.crc32(), crc32fast::hash(&content));
        }
    }

    #[test]
    fn a_file_that_ends_early_is_trouble() {
        let (_folder, mut reader) = body(b"12345", vec![Piece::Media(Media::Range { offset: 3, length: 4 })]);
        assert!(reader.read_to_end(&mut Vec::new()).is_err());
        assert_eq!(reader.trouble(), Some("it ends at 5 bytes"));
        assert!(!reader.is_whole());
    }

    #[test]
    fn a_body_that_is_given_up_ends_in_an_error() {
        let (_folder, mut reader) = body(b"12345", vec![Piece::Media(Media::Range { offset: 0, length: 5 })]);
        reader.shared.cancelled.store(true, Ordering::Relaxed);
        assert!(reader.read(&mut [0; 4]).is_err());
        assert_eq!(reader.trouble(), None);
    }
}
