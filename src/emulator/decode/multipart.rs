//! `multipart/form-data` (RFC 7578) read as it arrives: bytes in, parts out, nothing held but a delimiter's beginning and one
//! part's header.
//!
//! Lenient where real clients differ (text before the first part, blanks after a boundary, no line end after the last one),
//! strict in what the documents ask for: a boundary stands on a line of its own, ended by CR LF.

use bytes::{Buf, Bytes};
use memchr::memmem::Finder;

/// A reader of one body. Push what arrives, then take events until there is none.
#[derive(Debug)]
pub struct Multipart {
    /// CR LF, two hyphens, the boundary.
    delimiter: Finder<'static>,
    state: State,
    /// What arrived and was not looked at yet.
    input: Bytes,
    /// The end of what was looked at, where it may be the beginning of a delimiter.
    held: Vec<u8>,
    /// A delimiter was passed over, and the content before it given out first.
    found: bool,
    /// The header of a part as far as it arrived.
    head: Vec<u8>,
    parts: usize,
    skipped: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Preamble,
    /// Behind a delimiter: a line end or two hyphens.
    Boundary,
    Header,
    Content,
    Epilogue,
}

/// What was read next.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Begin(PartHead),
    /// Content of the part; never empty.
    Content(Bytes),
    /// The part is whole.
    End,
}

/// What the header of a part says. File names are not kept: nothing may depend on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHead {
    /// Name of the field.
    pub name: String,
    /// Whether the content is base64 text (`Content-Transfer-Encoding: base64`).
    pub base64: bool,
}

/// Why a body is no `multipart/form-data`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The Content-Type names no boundary, or none that RFC 2046 allows.
    #[error("the Content-Type names no boundary of 1 to 70 characters")]
    NoBoundary,
    /// A line of the envelope ends with LF alone.
    #[error("a boundary or a header of a part ends with LF; it must end with CR LF")]
    BareLineFeed,
    /// Something else than a line end or two hyphens follows a boundary.
    #[error("a boundary is not on a line of its own")]
    Boundary,
    /// The header of a part cannot be read.
    #[error("the header of part {part} {why}")]
    Header {
        /// The part, counted from 1.
        part: usize,
        /// What is wrong with it, as the end of a sentence.
        why: &'static str,
    },
    /// More parts, or more text before them, than any client sends.
    #[error("the body has more than {MAX_PARTS} parts, or more than {MAX_PREAMBLE} bytes before the first")]
    TooMuch,
    /// The body ends before the last boundary.
    #[error("the body ends before its closing boundary")]
    Unfinished,
}

impl Multipart {
    /// A reader of a body with that Content-Type.
    pub fn new(content_type: &str) -> Result<Self, MultipartError> {
        let boundary = boundary(content_type).ok_or(MultipartError::NoBoundary)?;
        let delimiter = [b"\r\n--".as_slice(), boundary.as_bytes()].concat();
        Ok(Self {
            delimiter: Finder::new(&delimiter).into_owned(),
            state: State::Preamble,
            input: Bytes::new(),
            // The first boundary may begin the body, without the line end that belongs to a delimiter.
            held: b"\r\n".to_vec(),
            found: false,
            head: Vec::new(),
            parts: 0,
            skipped: 0,
        })
    }

    /// Takes what arrived. To be called when [`Multipart::next`] has nothing more.
    pub fn push(&mut self, bytes: Bytes) {
        debug_assert!(self.input.is_empty(), "events are taken before the next bytes are pushed");
        self.input = bytes;
    }

    /// The next event, `None` where more bytes are needed for it.
    #[expect(clippy::should_implement_trait, reason = "an iterator would end; this goes on after more bytes")]
    pub fn next(&mut self) -> Result<Option<Event>, MultipartError> {
        loop {
            match self.state {
                State::Preamble => match self.scan() {
                    Scan::Content(skipped) => {
                        self.skipped = self.skipped.saturating_add(skipped.len());
                        if self.skipped > MAX_PREAMBLE {
                            return Err(MultipartError::TooMuch);
                        }
                    }
                    Scan::Delimiter => self.state = State::Boundary,
                    Scan::More => return Ok(None),
                },
                State::Content => match self.scan() {
                    Scan::Content(content) => return Ok(Some(Event::Content(content))),
                    Scan::Delimiter => {
                        self.state = State::Boundary;
                        return Ok(Some(Event::End));
                    }
                    Scan::More => return Ok(None),
                },
                State::Boundary => {
                    let Some(line) = self.line()? else {
                        // Many end the body right here, without a line end.
                        if self.head.starts_with(b"--") {
                            self.close();
                            continue;
                        }
                        return Ok(None);
                    };
                    if line.starts_with(b"--") {
                        self.close();
                    } else if line.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
                        self.state = State::Header;
                        self.parts = self.parts.saturating_add(1);
                        if self.parts > MAX_PARTS {
                            return Err(MultipartError::TooMuch);
                        }
                    } else {
                        return Err(MultipartError::Boundary);
                    }
                }
                State::Header => {
                    let Some(header) = self.header()? else { return Ok(None) };
                    self.state = State::Content;
                    let head = read_head(&header).map_err(|why| MultipartError::Header { part: self.parts, why })?;
                    return Ok(Some(Event::Begin(head)));
                }
                State::Epilogue => {
                    self.input.clear();
                    return Ok(None);
                }
            }
        }
    }

    /// To be called at the end of the body. Error: the closing boundary did not come.
    pub fn finish(&self) -> Result<(), MultipartError> {
        if self.state == State::Epilogue { Ok(()) } else { Err(MultipartError::Unfinished) }
    }

    fn close(&mut self) {
        self.state = State::Epilogue;
        self.head.clear();
    }

    /// Content up to a delimiter, or the delimiter itself.
    fn scan(&mut self) -> Scan {
        if std::mem::take(&mut self.found) {
            return Scan::Delimiter;
        }
        let delimiter = self.delimiter.needle().len();
        if !self.held.is_empty() {
            let joint = self.input.len().min(delimiter);
            let mut joined = std::mem::take(&mut self.held);
            let held = joined.len();
            joined.extend_from_slice(self.input.get(..joint).unwrap_or_default());
            if let Some(at) = self.delimiter.find(&joined) {
                // It begins in what was held, so it ends within what was joined to it.
                self.input.advance((at + delimiter).saturating_sub(held).min(joint));
                joined.truncate(at);
                if joined.is_empty() {
                    return Scan::Delimiter;
                }
                self.found = true;
                return Scan::Content(joined.into());
            }
            if joint == delimiter {
                joined.truncate(held);
            } else {
                self.input.clear();
                self.held = joined.split_off(joined.len() - self.prefix_at_end(&joined));
            }
            return if joined.is_empty() { Scan::More } else { Scan::Content(joined.into()) };
        }
        if self.input.is_empty() {
            return Scan::More;
        }
        if let Some(at) = self.delimiter.find(&self.input) {
            if at == 0 {
                self.input.advance(delimiter);
                return Scan::Delimiter;
            }
            return Scan::Content(self.input.split_to(at));
        }
        let kept = self.prefix_at_end(&self.input);
        self.held.extend_from_slice(&self.input.split_off(self.input.len() - kept));
        let content = std::mem::take(&mut self.input);
        if content.is_empty() { Scan::More } else { Scan::Content(content) }
    }

    /// Length of the end of `bytes` that is the beginning of a delimiter, and not all of it.
    fn prefix_at_end(&self, bytes: &[u8]) -> usize {
        let delimiter = self.delimiter.needle();
        let tail = bytes.len().saturating_sub(delimiter.len() - 1);
        let tail = bytes.get(tail..).unwrap_or_default();
        // A boundary has no CR, so no other CR can begin a delimiter that is not over yet.
        match memchr::memrchr(b'\r', tail) {
            Some(at) if delimiter.starts_with(tail.get(at..).unwrap_or_default()) => tail.len() - at,
            _ => 0,
        }
    }

    /// A line of the envelope without its end, `None` where more bytes are needed.
    fn line(&mut self) -> Result<Option<Vec<u8>>, MultipartError> {
        if !self.take_line()? {
            return Ok(None);
        }
        self.head.truncate(self.head.len() - 2);
        Ok(Some(std::mem::take(&mut self.head)))
    }

    /// All lines of the header of a part, each with its line end, `None` where more bytes are needed.
    fn header(&mut self) -> Result<Option<Vec<u8>>, MultipartError> {
        while self.take_line()? {
            if self.head == b"\r\n" || self.head.ends_with(b"\r\n\r\n") {
                return Ok(Some(std::mem::take(&mut self.head)));
            }
        }
        Ok(None)
    }

    /// Takes what there is of a line behind what was taken before; whether the line has its end, which is CR LF.
    fn take_line(&mut self) -> Result<bool, MultipartError> {
        if self.input.is_empty() {
            return Ok(false);
        }
        let end = memchr::memchr(b'\n', &self.input).map_or(self.input.len(), |at| at + 1);
        let taken = self.input.split_to(end);
        if self.head.len().saturating_add(taken.len()) > MAX_HEADER {
            return Err(MultipartError::Header { part: self.parts, why: "is too long" });
        }
        self.head.extend_from_slice(&taken);
        if !self.head.ends_with(b"\n") {
            return Ok(false);
        }
        if self.head.ends_with(b"\r\n") { Ok(true) } else { Err(MultipartError::BareLineFeed) }
    }
}

enum Scan {
    Content(Bytes),
    Delimiter,
    More,
}

/// The boundary that a Content-Type names. A comma in place of the semicolon is read too: a client writes it.
fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split_once([';', ',']).map(|(_, rest)| rest)?;
    let found = Parameters(parameters).find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?.1;
    let allowed = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    (1..=70).contains(&found.len()).then_some(()).filter(|()| found.bytes().all(allowed))?;
    Some(found)
}

/// Reads the header of a part.
fn read_head(header: &[u8]) -> Result<PartHead, &'static str> {
    let (mut name, mut base64) = (None, false);
    for line in String::from_utf8_lossy(header).split("\r\n") {
        let Some((field, value)) = line.split_once(':') else { continue };
        if field.eq_ignore_ascii_case("content-disposition") {
            let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
            if !kind.trim().eq_ignore_ascii_case("form-data") {
                return Err("has a Content-Disposition that is not form-data");
            }
            name = Parameters(parameters).find(|(name, _)| name.eq_ignore_ascii_case("name")).map(|(_, value)| value);
        } else if field.eq_ignore_ascii_case("content-transfer-encoding") {
            base64 = match value.trim().to_ascii_lowercase().as_str() {
                "base64" => true,
                "binary" | "8bit" | "7bit" => false,
                _ => return Err("has a Content-Transfer-Encoding other than base64, binary, 8bit or 7bit"),
            };
        }
    }
    name.map(|name| PartHead { name, base64 }).ok_or("names no field")
}

/// The parameters of a header field, `name=value` or `name="value"`, separated by semicolons (or commas).
struct Parameters<'a>(&'a str);

impl Iterator for Parameters<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<(String, String)> {
        let rest = self.0.trim_start_matches([' ', '\t', ';', ',']);
        let (name, rest) = rest.split_once('=')?;
        let rest = rest.trim_start();
        let value;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = unquote(quoted)?;
            (value, self.0) = (text, after);
        } else {
            let end = rest.find([';', ',']).unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            (value, self.0) = (text.trim().to_owned(), after);
        }
        Some((name.trim().to_owned(), value))
    }
}

/// A quoted text without its escapes, and what follows its closing quote. A backslash escapes a quote and itself only: paths
/// of Windows are sent as they are.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match characters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    None
}

/// Most parts of a body; the calls have at most six fields.
const MAX_PARTS: usize = 64;
/// Most bytes of the header of a part: the longest path of a file in percent-encoding fits.
const MAX_HEADER: usize = 16 << 10;
/// Most bytes before the first part.
const MAX_PREAMBLE: usize = 1 << 10;
