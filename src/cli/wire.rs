//! Calls of the upload API as people read them: one line for what was asked, one for the answer.

use std::io::{self, Write};

use media_preflight::emulator::Exchange;
use media_preflight::report::visible;

use super::failure::Failure;

/// Shows a call and its answer, each line behind `indent`.
pub(crate) fn tell_call(exchange: &Exchange, indent: &str) {
    // Where nobody reads there is nobody to tell.
    let _ = say(&in_words(exchange, indent));
}

/// Writes a line, at once.
pub(crate) fn say(what: &dyn std::fmt::Display) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(output, "{what}").and_then(|()| output.flush()).map_err(Failure::Output)
}

fn in_words(exchange: &Exchange, indent: &str) -> String {
    let mut asked = format!("{indent}> {} {}", exchange.method, short(&exchange.target));
    if let Some(request) = exchange.request.as_deref().filter(|request| !request.is_empty()) {
        asked.push_str(&format!(" {}", short(request)));
    }
    if exchange.received >= MANY {
        asked.push_str(&format!(" ({} bytes)", exchange.received));
    }
    let answered = match exchange.status {
        Some(status) => format!("{indent}< {status} {}", short(&exchange.answer)),
        None => format!("{indent}< no answer: the connection is cut"),
    };
    format!("{asked}\n{}", answered.trim_end())
}

/// A text that fits in a line or two.
fn short(text: &str) -> String {
    let text = visible(text).into_owned();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Bytes of a body from which on their number is shown.
const MANY: u64 = 1000;
/// Characters of a body that are shown.
const LONGEST: usize = 240;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_shown_in_two_lines_whatever_they_hold() {
        let exchange = Exchange {
            method: "POST".to_owned(),
            target: "/2/media/metadata".to_owned(),
            call: Some("metadata"),
            received: 999,
            request: Some("{\"text\":\"\u{1b}[31m\n\"}".to_owned()),
            status: Some(200),
            answer: "é".repeat(300),
        };
        let told = in_words(&exchange, "  ");
        assert_eq!(told.lines().count(), 2);
        assert!(!told.contains('\u{1b}') && told.ends_with("é..."), "{told}");
        assert!(!told.contains("bytes"));
        let cut = Exchange { received: 1000, request: None, status: None, answer: String::new(), ..exchange };
        assert_eq!(in_words(&cut, ""), "> POST /2/media/metadata (1000 bytes)\n< no answer: the connection is cut");
    }
}
