//! A body as it arrives: media go on to a spool as they come, all else is kept, up to a bound.

use std::io::Write;

use bytes::Bytes;

use super::base64::{Base64Error, Decoder};
use super::fields::Fields;
use super::multipart::{Event, Multipart, PartHead};
use crate::api::RouteCall;
use crate::emulator::store::{Spool, Store};
use crate::emulator::{MAX_SEGMENT, Refusal};

/// Takes the body of one request.
#[derive(Debug)]
pub struct Intake<'a, S: Store> {
    store: &'a S,
    kind: Kind,
    fields: Fields,
    /// Bytes of names and values that are kept.
    kept: usize,
    media: Option<S::Spool>,
    base64_length: Option<u64>,
    /// Whether nothing has come: some say that there are parts and send none.
    is_empty: bool,
}

/// What a body brought.
#[derive(Debug)]
pub struct Received<P> {
    /// The fields of a form or of parts. Media in a form still stand here, as base64.
    pub fields: Fields,
    /// What kind of body it was.
    pub shape: Shape,
    /// The media of a part.
    pub media: Option<P>,
    /// How long they were as text, where they came in the part `media_data`.
    pub base64_length: Option<u64>,
    /// A body that is neither a form nor has parts, empty where there was none.
    pub text: Vec<u8>,
}

/// What kind of body came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `application/json`.
    Json,
    /// Anything else, or nothing said.
    Other,
}

#[derive(Debug)]
enum Kind {
    Multipart { reader: Box<Multipart>, part: Part },
    Whole { shape: Shape, text: Vec<u8>, limit: usize },
}

/// The part that is being read.
#[derive(Debug)]
enum Part {
    None,
    Field {
        name: String,
        value: Vec<u8>,
    },
    Media,
    /// `is_data`: of `media_data`, whose text is held at a length too.
    Base64 {
        decoder: Decoder,
        is_data: bool,
    },
    Base64Field {
        name: String,
        value: Vec<u8>,
        decoder: Decoder,
    },
}

impl<'a, S: Store> Intake<'a, S> {
    /// Takes the body of a request for `call` with that Content-Type.
    pub fn new(store: &'a S, call: RouteCall, content_type: Option<&str>) -> Result<Self, Refusal> {
        let shape = Shape::of(content_type);
        let kind = match shape {
            Shape::Multipart => {
                let reader = Multipart::new(content_type.unwrap_or_default()).map_err(Refusal::multipart)?;
                Kind::Multipart { reader: Box::new(reader), part: Part::None }
            }
            shape => {
                Kind::Whole { shape, text: Vec::new(), limit: if carries_media(call) { MAX_TEXT } else { MAX_SMALL } }
            }
        };
        Ok(Self { store, kind, fields: Fields::default(), kept: 0, media: None, base64_length: None, is_empty: true })
    }

    /// Whether the body is held whole in memory until it ends, beyond what any call needs that carries no media.
    pub const fn is_held(&self) -> bool {
        matches!(self.kind, Kind::Whole { limit: MAX_TEXT, .. })
    }

    /// Most bytes that the whole body may have.
    pub fn most(&self) -> u64 {
        match &self.kind {
            Kind::Whole { limit, .. } => u64::try_from(*limit).unwrap_or(u64::MAX),
            Kind::Multipart { .. } => MAX_PARTED,
        }
    }

    /// The refusal of a body that is longer.
    pub const fn too_long(&self) -> Refusal {
        match &self.kind {
            Kind::Whole { .. } => Refusal::BodyTooLarge,
            Kind::Multipart { .. } => Refusal::TooLarge(MAX_SEGMENT),
        }
    }

    /// Takes what arrived.
    pub fn push(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        self.is_empty &= bytes.is_empty();
        match &mut self.kind {
            Kind::Whole { text, limit, .. } => {
                if text.len().saturating_add(bytes.len()) > *limit {
                    return Err(Refusal::BodyTooLarge);
                }
                text.extend_from_slice(&bytes);
                Ok(())
            }
            Kind::Multipart { reader, .. } => {
                reader.push(bytes);
                self.drain()
            }
        }
    }

    /// What the body brought, at its end.
    pub fn finish(self) -> Result<Received<S::Spool>, Refusal> {
        match self.kind {
            Kind::Whole { shape: Shape::Form, text, limit } => {
                let fields = Fields::parse(&text);
                // Some send JSON and call it a form; what may hold media is too large to be kept twice.
                let text = if limit == MAX_SMALL { text } else { Vec::new() };
                Ok(Received { fields, shape: Shape::Form, media: None, base64_length: None, text })
            }
            Kind::Whole { shape, text, .. } => {
                Ok(Received { fields: self.fields, shape, media: None, base64_length: None, text })
            }
            Kind::Multipart { reader, .. } => {
                if !self.is_empty {
                    reader.finish().map_err(Refusal::multipart)?;
                }
                Ok(Received {
                    fields: self.fields,
                    shape: Shape::Multipart,
                    media: self.media,
                    base64_length: self.base64_length,
                    text: Vec::new(),
                })
            }
        }
    }

    /// Takes all events that the bytes so far give.
    fn drain(&mut self) -> Result<(), Refusal> {
        loop {
            let Kind::Multipart { reader, part } = &mut self.kind else { return Ok(()) };
            let Some(event) = reader.next().map_err(Refusal::multipart)? else { return Ok(()) };
            let current = std::mem::replace(part, Part::None);
            let next = match event {
                Event::Begin(head) => self.begin(head)?,
                Event::Content(bytes) => self.content(current, &bytes)?,
                Event::End => {
                    self.end(current)?;
                    Part::None
                }
            };
            if let Kind::Multipart { part, .. } = &mut self.kind {
                *part = next;
            }
        }
    }

    fn begin(&mut self, head: PartHead) -> Result<Part, Refusal> {
        let is_data = head.name == "media_data";
        if !is_data && head.name != "media" {
            let (name, value) = (head.name, Vec::new());
            return Ok(if head.base64 {
                Part::Base64Field { name, value, decoder: Decoder::default() }
            } else {
                Part::Field { name, value }
            });
        }
        if self.media.is_some() {
            // "cannot be used with media_data"
            return Err(Refusal::Invalid("media"));
        }
        self.media = Some(self.store.spool().map_err(|error| Refusal::storage(&error))?);
        let decoder = Decoder::default();
        Ok(if is_data || head.base64 { Part::Base64 { decoder, is_data } } else { Part::Media })
    }

    fn content(&mut self, mut part: Part, bytes: &[u8]) -> Result<Part, Refusal> {
        match &mut part {
            Part::None => {}
            Part::Field { name, value } => {
                self.kept = keep(self.kept, name, bytes)?;
                value.extend_from_slice(bytes);
            }
            Part::Base64Field { name, value, decoder } => {
                self.kept = keep(self.kept, name, bytes)?;
                decoder.push(bytes, value).map_err(base64_fault)?;
            }
            Part::Media => {
                let Some(spool) = &mut self.media else { return Ok(part) };
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                if spool.length().saturating_add(length) > MAX_SEGMENT {
                    return Err(Refusal::TooLarge(MAX_SEGMENT));
                }
                spool.write_all(bytes).map_err(|error| Refusal::storage(&error))?;
            }
            Part::Base64 { decoder, .. } => {
                let Some(spool) = &mut self.media else { return Ok(part) };
                decoder.push(bytes, spool).map_err(base64_fault)?;
                if spool.length() > MAX_SEGMENT {
                    return Err(Refusal::TooLarge(MAX_SEGMENT));
                }
            }
        }
        Ok(part)
    }

    fn end(&mut self, part: Part) -> Result<(), Refusal> {
        match part {
            Part::None | Part::Media => {}
            Part::Field { name, value } => self.fields.push(name, String::from_utf8_lossy(&value).into_owned()),
            Part::Base64Field { name, mut value, mut decoder } => {
                decoder.finish(&mut value).map_err(base64_fault)?;
                self.fields.push(name, String::from_utf8_lossy(&value).into_owned());
            }
            Part::Base64 { mut decoder, is_data } => {
                let Some(spool) = &mut self.media else { return Ok(()) };
                decoder.finish(spool).map_err(base64_fault)?;
                // The last group came only now.
                if spool.length() > MAX_SEGMENT {
                    return Err(Refusal::TooLarge(MAX_SEGMENT));
                }
                self.base64_length = is_data.then(|| decoder.characters());
            }
        }
        Ok(())
    }
}

impl Shape {
    /// The shape that a Content-Type names.
    pub fn of(content_type: Option<&str>) -> Self {
        let kind = content_type.unwrap_or_default().split([';', ',']).next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "multipart/form-data" => Self::Multipart,
            "application/x-www-form-urlencoded" => Self::Form,
            "application/json" => Self::Json,
            _ => Self::Other,
        }
    }
}

/// Whether the body of a call may hold media as text.
const fn carries_media(call: RouteCall) -> bool {
    matches!(call, RouteCall::Upload | RouteCall::Append(_))
}

/// Counts what is kept of the fields.
fn keep(kept: usize, name: &str, bytes: &[u8]) -> Result<usize, Refusal> {
    let kept = kept.saturating_add(name.len()).saturating_add(bytes.len());
    if kept > MAX_SMALL { Err(Refusal::BodyTooLarge) } else { Ok(kept) }
}

pub(super) fn base64_fault(error: Base64Error) -> Refusal {
    match error {
        Base64Error::Text => Refusal::Invalid("media"),
        Base64Error::Write(error) => Refusal::storage(&error),
    }
}

/// Most bytes of a multipart body: 5 MiB as base64 in lines, and what stands around it.
const MAX_PARTED: u64 = 8 << 20;
/// Most bytes of a form or of JSON that carries media: 5 MiB as base64, most of it not escaped.
pub const MAX_TEXT: usize = 8 << 20;
/// Most bytes of a form or of JSON without media, and of all text fields of a multipart body.
pub const MAX_SMALL: usize = 64 << 10;
