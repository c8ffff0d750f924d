//! Reads what people paste: a message, JSON of either version, or a whole answer with its headers.

use serde_json::Value;

use super::super::json::{member, number, text};
use super::super::read::errors_of;
use super::super::{ProcessingError, State};
use super::{ROWS, find_silent};

/// What a pasted text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The status of HTTP, where it is told.
    pub status: Option<u16>,
    /// How far the processing is, where the text is the answer to STATUS or FINALIZE.
    pub state: Option<State>,
    /// What is said to be wrong, one entry each.
    pub said: Vec<Said>,
}

/// One thing that the service says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The number of the error.
    pub code: Option<u64>,
    /// The name of the error, such as `InvalidMedia`.
    pub name: Option<String>,
    /// The message; empty where there is none.
    pub message: String,
}

impl Pasted {
    /// Reads a text. JSON may have comments and commas too many, as the examples of the documents do.
    pub fn read(pasted: &str) -> Self {
        if let Some(said) = bare(pasted) {
            return Self { said, ..Self::default() };
        }
        let unmarked = unmarked(pasted);
        let (status, body) = answer(unmarked.trim());
        let mut read = Self { status, ..Self::default() };
        match json(body) {
            Some(json) => read.add_json(&json),
            None if !body.is_empty() => {
                read.said.push(Said { message: body.to_owned(), ..Said::default() });
            }
            None => {}
        }
        read
    }

    fn add_json(&mut self, json: &Value) {
        let data = member(json, "data").filter(|data| data.is_object()).unwrap_or(json);
        if let Some(info) = member(data, "processing_info").or_else(|| member(data, "state").map(|_| data)) {
            self.state = text(info, "state").map(|word| State::from(word.as_str()));
            self.said.extend(member(info, "error").map(of_processing));
        }
        if self.status.is_none() {
            self.status = number(json, "status").and_then(|status| u16::try_from(status).ok());
        }
        if self.said.is_empty() {
            self.said.extend(errors_of(json).into_iter().map(|error| Said {
                code: error.code,
                name: None,
                message: error.message,
            }));
        }
        // An error of processing that was cut out of its answer: `{"code":1,"name":"InvalidMedia"}`.
        if self.said.is_empty() && (member(json, "code").is_some() || member(json, "name").is_some()) {
            self.said.push(of_processing(json));
        }
        if self.said.is_empty()
            && let Some(message) = ["message", "detail", "title"].into_iter().find_map(|name| text(json, name))
        {
            self.said.push(Said { message, ..Said::default() });
        }
    }
}

fn of_processing(error: &Value) -> Said {
    let error = match error {
        Value::String(message) => ProcessingError { message: Some(message.clone()), ..ProcessingError::default() },
        error => {
            ProcessingError { code: number(error, "code"), name: text(error, "name"), message: text(error, "message") }
        }
    };
    Said { code: error.code, name: error.name, message: error.message.unwrap_or_default() }
}

/// What a name or a number alone stands for: `InvalidMedia`, `code 3`, `324`, `InvalidMedia (code 1)`. Of a number that comes with
/// several messages, those that are always the same.
fn bare(text: &str) -> Option<Vec<Said>> {
    let (mut name, mut code) = (None, None);
    for word in text.split(|character: char| character.is_whitespace() || "(),:".contains(character)) {
        if word.is_empty() || ["code", "error"].iter().any(|plain| word.eq_ignore_ascii_case(plain)) {
            continue;
        }
        if let Ok(number) = word.parse::<u64>() {
            if code.replace(number).is_some() {
                return None;
            }
        } else {
            let known = ROWS.iter().filter_map(|row| row.name).find(|known| known.eq_ignore_ascii_case(word))?;
            if name.replace(known).is_some() {
                return None;
            }
        }
    }
    if find_silent(code, name, None).is_some() {
        return Some(vec![Said { code, name: name.map(str::to_owned), message: String::new() }]);
    }
    let rows = ROWS.iter().filter(|row| name.is_none() && code.is_some() && row.code == code);
    let rows = rows.filter(|row| !row.message.contains('{'));
    let said: Vec<Said> = rows.map(|row| Said { code, name: None, message: row.message.to_owned() }).collect();
    (!said.is_empty()).then_some(said)
}

/// The text without the marks that curl puts in front of lines of a head (`< `).
fn unmarked(text: &str) -> String {
    if !text.trim_start().starts_with("< HTTP/") {
        return text.to_owned();
    }
    let lines = text.lines().map(|line| line.strip_prefix("< ").or_else(|| line.strip_prefix('<')).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The status and the body of an answer; of a text that is none, the status that it may begin with, and the text.
fn answer(text: &str) -> (Option<u16>, &str) {
    let mut rest = text;
    let mut status = None;
    // Heads may stand one behind the other: 100 Continue in front of the answer.
    while rest.starts_with("HTTP/") {
        let line = rest.lines().next().unwrap_or_default();
        status = line.split_whitespace().nth(1).and_then(status_of);
        rest = match rest.find("\n\r\n").map(|at| (at, 3)).into_iter().chain(rest.find("\n\n").map(|at| (at, 2))).min()
        {
            Some((at, length)) => rest.get(at.saturating_add(length)..).unwrap_or_default(),
            None => "",
        };
    }
    if status.is_some() {
        return (status, rest.trim());
    }
    let bare = text.strip_prefix("HTTP ").unwrap_or(text);
    let word = bare.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default();
    let behind = bare.get(word.len()..).unwrap_or_default();
    match status_of(word) {
        Some(status) if !behind.starts_with(char::is_alphanumeric) => {
            (Some(status), behind.trim_start_matches([':', ' ', '-', ',']).trim())
        }
        _ => (None, text),
    }
}

/// The status of a refusal, or of an answer with a head.
fn status_of(word: &str) -> Option<u16> {
    word.parse().ok().filter(|status| (100..600).contains(status))
}

/// The first JSON object of the text, also behind other words.
fn json(text: &str) -> Option<Value> {
    let start = text.find('{')?;
    let text = text.get(start..)?;
    let first = |text: &str| serde_json::Deserializer::from_str(text).into_iter().next()?.ok();
    first(text).or_else(|| first(&strict(text)))
}

/// JSON without comments and without commas in front of a closing bracket.
fn strict(text: &str) -> String {
    let mut strict = String::with_capacity(text.len());
    let mut in_string = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if in_string => {
                strict.push(character);
                strict.extend(characters.next());
                continue;
            }
            '"' => in_string = !in_string,
            '/' if !in_string && characters.peek() == Some(&'/') => {
                while characters.next_if(|&next| next != '\n').is_some() {}
                continue;
            }
            '}' | ']' if !in_string => {
                let kept = strict.trim_end().trim_end_matches(',').len();
                strict.truncate(kept);
            }
            _ => {}
        }
        strict.push(character);
    }
    strict
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(code: Option<u64>, name: Option<&str>, message: &str) -> Said {
        Said { code, name: name.map(str::to_owned), message: message.to_owned() }
    }

    #[test]
    fn every_form_of_an_error_is_read() {
        let auth = "Could not authenticate you.";
        for (pasted, status, expected) in [
            (auth, None, said(None, None, auth)),
            ("HTTP 401: Could not authenticate you.", Some(401), said(None, None, auth)),
            ("401 - Could not authenticate you.", Some(401), said(None, None, auth)),
            (r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#, None, said(Some(32), None, auth)),
            (
                "Error: {\"errors\":[{\"code\":32,\"message\":\"Could not authenticate you.\"}]} at line 5",
                None,
                said(Some(32), None, auth),
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Unauthorized\r\nx-a: b\r\n\r\n{\"errors\":[{\"code\":32,\"message\":\"Could not authenticate you.\"}]}",
                Some(401),
                said(Some(32), None, auth),
            ),
            (
                "< HTTP/2 401 \n< content-length: 5\n< \n{\"errors\":[{\"message\":\"Could not authenticate you.\"}]}",
                Some(401),
                said(None, None, auth),
            ),
            (
                r#"{"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}"#,
                Some(403),
                said(None, None, "Forbidden"),
            ),
            (r#"{"code":1,"name":"InvalidMedia"}"#, None, said(Some(1), Some("InvalidMedia"), "")),
        ] {
            let read = Pasted::read(pasted);
            assert_eq!((read.status, read.said.as_slice()), (status, &[expected][..]), "{pasted}");
        }
        assert_eq!(Pasted::read("HTTP/1.1 413 Too Large\r\n\r\n"), Pasted { status: Some(413), ..Pasted::default() });
        assert_eq!(Pasted::read("413"), Pasted { status: Some(413), ..Pasted::default() });
        assert_eq!(Pasted::read("4.5"), Pasted { said: vec![said(None, None, "4.5")], ..Pasted::default() });
    }

    #[test]
    fn names_and_numbers_alone_are_read() {
        for (pasted, code, name) in [
            ("InvalidMedia", None, Some("InvalidMedia")),
            ("unsupportedmedia", None, Some("UnsupportedMedia")),
            ("code 1", Some(1), None),
            (" 3\n", Some(3), None),
            ("UnsupportedMedia (code 3)", Some(3), Some("UnsupportedMedia")),
            ("error code 1: InvalidMedia", Some(1), Some("InvalidMedia")),
        ] {
            assert_eq!(Pasted::read(pasted).said, [said(code, name, "")], "{pasted}");
        }
        assert_eq!(Pasted::read("code 32").said, [said(Some(32), None, "Could not authenticate you.")]);
        let messages: Vec<String> = Pasted::read("324").said.into_iter().map(|said| said.message).collect();
        assert!(messages.contains(&"Not valid video".to_owned()), "{messages:?}");
        assert!(messages.iter().all(|message| super::super::find(message).is_some()), "{messages:?}");
        for other in ["413", "code 7", "-1", "1 3", "InvalidMedia UnsupportedMedia", "code", ""] {
            assert_eq!(bare(other), None, "{other}");
        }
    }

    #[test]
    fn the_documents_own_examples_are_read() {
        let failed = "// Example of a failed response:\n\n{\n \"media_id\":710511363345354753,\n \"processing_info\":{\n \
            \"state\":\"failed\", // state transition flow\n \"progress_percent\":12,\n \"error\":{\"code\":1,\n \
            \"name\":\"InvalidMedia\",\n \"message\":\"Unsupported video format\",\n }\n }\n}";
        let read = Pasted::read(failed);
        assert_eq!(read.state, Some(State::Failed));
        assert_eq!(read.said, [said(Some(1), Some("InvalidMedia"), "Unsupported video format")]);
        let succeeded = "{\"processing_info\":{\"state\":\"succeeded\",\"progress_percent\":100,\n}\n}";
        assert_eq!(Pasted::read(succeeded), Pasted { state: Some(State::Succeeded), ..Pasted::default() });
        assert_eq!(strict(r#"{"a":"x//y,}\"",}"#), r#"{"a":"x//y,}\""}"#);
    }

    proptest! {
        #[test]
        fn arbitrary_texts_never_panic(text in any::<String>(), rest in "[ -~\r\n]{0,64}") {
            for text in [text, format!("HTTP/{rest}"), format!("{{\"processing_info\":{rest}"), rest] {
                Pasted::read(&text).said.iter().for_each(|said| drop(super::super::find(&said.message)));
            }
        }
    }
}
