//! `upload --dry-run`: what would be sent, and how long it would take.

use std::io::{self, Write};

use media_preflight::api::{Encoding, Version};
use media_preflight::profile::Use;
use media_preflight::units::Bytes;
use media_preflight::upload::{LARGEST_CHUNK, Layout, Plan};
use serde::Serialize;

use super::words::span;

/// What would be sent of one file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlanAnswer {
    /// Segments of the file.
    pub(crate) segments: u64,
    /// Bytes of each but the last.
    pub(crate) chunk_bytes: u64,
    /// Bytes of media on the wire.
    pub(crate) wire_bytes: u64,
    /// Calls by name, with how many of a kind the server is known to allow in a window.
    pub(crate) calls: Vec<CallAnswer>,
    /// Seconds to send it at the given bandwidth, rounded up. Absent: none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<u64>,
    /// What should be known of it, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

/// Calls of one kind.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CallAnswer {
    /// The call.
    pub(crate) call: &'static str,
    /// How often it is made, without retries.
    pub(crate) count: u64,
    /// How often it may be made in a window. Absent: not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
}

/// What `plan` would send, of a file for `content`; `bandwidth` is in bytes a second.
pub(crate) fn answer(plan: &Plan, content: Use, subtitles: u64, api: Version, bandwidth: Option<u64>) -> PlanAnswer {
    let chunk_bytes = if plan.simple { plan.size } else { plan.chunk_size() };
    let segments = if plan.simple { 1 } else { Layout::new(plan.size, chunk_bytes).segments() };
    let wire_bytes = match plan.encoding {
        Encoding::Raw => plan.size,
        Encoding::Base64 => plan.size.div_ceil(3).saturating_mul(4),
    };
    let mut calls = Vec::new();
    if plan.simple {
        calls.push(call("simple upload", 1, api));
    } else {
        calls.push(call("INIT", 1, api));
        calls.push(call("APPEND", segments, api));
        calls.push(call("FINALIZE", 1, api));
        if content != Use::Image {
            // As often as the server asks for.
            calls.push(call("STATUS", 1, api));
        }
    }
    let metadata = plan.follow_ups.len() as u64;
    if metadata > 0 {
        calls.push(call("metadata", metadata, api));
    }
    if subtitles > 0 {
        calls.push(call("subtitles/create", subtitles, api));
    }
    let mut notes = Vec::new();
    if !plan.simple && chunk_bytes > LARGEST_CHUNK {
        notes.push(format!(
            "1000 segments of at most 5 MiB hold {}: the documents do not say how a larger file is sent, so these segments are \
             larger than they allow",
            Bytes(1000 * LARGEST_CHUNK)
        ));
    }
    let seconds = bandwidth.filter(|bandwidth| *bandwidth > 0).map(|bandwidth| wire_bytes.div_ceil(bandwidth));
    PlanAnswer { segments, chunk_bytes, wire_bytes, calls, seconds, notes }
}

fn call(name: &'static str, count: u64, api: Version) -> CallAnswer {
    let limit = LIMITS.iter().find(|limit| limit.0 == name).map(|limit| match api {
        Version::V1_1 => limit.1,
        Version::V2 => limit.2,
    });
    CallAnswer { call: name, count, limit }
}

impl PlanAnswer {
    /// Writes it for people.
    pub(crate) fn write(&self, output: &mut dyn Write, path: &str) -> io::Result<()> {
        let plural = if self.segments == 1 { "segment" } else { "segments" };
        writeln!(output, "{path}: {} {plural} of at most {}", self.segments, Bytes(self.chunk_bytes))?;
        for CallAnswer { call, count, limit } in &self.calls {
            let of = limit.map(|limit| format!(" of {limit} in a window")).unwrap_or_default();
            writeln!(output, "  {call}: {count}{of}")?;
        }
        if let Some(seconds) = self.seconds {
            writeln!(output, "  {} on the wire, {}", Bytes(self.wire_bytes), span(seconds))?;
        }
        for note in &self.notes {
            writeln!(output, "  note: {note}")?;
        }
        Ok(())
    }
}

/// How often calls may be made in a window: by answers of version 1.1 that were recorded, and by the documents of version 2
/// (15 minutes). The headers of the answers decide.
const LIMITS: &[(&str, u64, u64)] =
    &[("INIT", 200, 1875), ("APPEND", 20_000, 1875), ("FINALIZE", 615, 1875), ("simple upload", 415, 1875)];

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(size: u64) -> Plan {
        Plan {
            size,
            media_type: "video/mp4".to_owned(),
            category: None,
            additional_owners: Vec::new(),
            encoding: Encoding::Raw,
            simple: false,
            chunk: None,
            parallel: 3,
            follow_ups: Vec::new(),
        }
    }

    #[test]
    fn calls_and_time_follow_from_the_size() {
        let planned = answer(&plan(512 << 20), Use::Video, 1, Version::V2, Some(1 << 20));
        assert_eq!((planned.segments, planned.seconds), (512, Some(512)));
        let calls: Vec<_> = planned.calls.iter().map(|call| (call.call, call.count)).collect();
        assert_eq!(calls, [("INIT", 1), ("APPEND", 512), ("FINALIZE", 1), ("STATUS", 1), ("subtitles/create", 1)]);
        let planned = answer(&Plan { encoding: Encoding::Base64, ..plan(4) }, Use::Image, 0, Version::V1_1, None);
        assert_eq!((planned.wire_bytes, planned.seconds), (8, None));
    }

    #[test]
    fn segments_that_the_documents_do_not_allow_are_told() {
        assert!(answer(&plan(5000 << 20), Use::Video, 0, Version::V2, None).notes.is_empty());
        assert_eq!(answer(&plan(6000 << 20), Use::Video, 0, Version::V2, None).notes.len(), 1);
    }
}
