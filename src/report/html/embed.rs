//! Data inside a page: JSON that no markup can break out of, and bytes as text.

use std::io;

use serde::Serialize;

/// Writes JSON that may stand in a `script` element.
pub(super) struct Embedded<'o> {
    output: &'o mut Vec<u8>,
}

impl<'o> Embedded<'o> {
    /// Appends to `output`.
    pub(super) const fn new(output: &'o mut Vec<u8>) -> Self {
        Self { output }
    }

    /// Appends a value in one line, as ASCII where a script's parser or a line would be confused.
    ///
    /// `<`, `>`, `&` and the line separators U+2028 and U+2029 occur in strings only, where an escape says the same.
    pub(super) fn json(self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value)?;
        let mut rest = text.as_str();
        while let Some(found) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (before, from) = rest.split_at(found);
            self.output.extend_from_slice(before.as_bytes());
            let mut characters = from.chars();
            self.output.extend_from_slice(match characters.next() {
                Some('<') => b"\\u003c",
                Some('>') => b"\\u003e",
                Some('&') => b"\\u0026",
                Some('\u{2028}') => b"\\u2028",
                _ => b"\\u2029",
            });
            rest = characters.as_str();
        }
        self.output.extend_from_slice(rest.as_bytes());
        Ok(())
    }
}

/// Bytes as a `data:` URI of a media type.
pub fn data_uri(media_type: &str, bytes: &[u8]) -> String {
    let mut text = format!("data:{media_type};base64,");
    text.reserve(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0_u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            // RFC 4648 section 4: six bits a letter, and padding for what the last group lacks.
            let six = word >> (18 - 6 * place) & 0x3f;
            let letter = usize::try_from(six).ok().and_then(|six| BASE64.get(six)).copied();
            text.push(if place <= group.len() { letter.map_or('=', char::from) } else { '=' });
        }
    }
    text
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn embedded(text: &str) -> String {
        let mut bytes = Vec::new();
        Embedded::new(&mut bytes).json(&text).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn nothing_ends_the_element_that_the_data_stand_in() {
        assert_eq!(embedded("</script><!--&\u{2028}"), r#""\u003c/script\u003e\u003c!--\u0026\u2028""#);
    }

    #[test]
    fn bytes_become_base64() {
        // RFC 4648 section 10.
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(data_uri("text/plain", bytes.as_bytes()), format!("data:text/plain;base64,{text}"));
        }
        assert_eq!(data_uri("a/b", &[0xfb, 0xff]), "data:a/b;base64,+/8=");
    }

    proptest! {
        #[test]
        fn any_text_survives_without_a_character_that_markup_knows(text in any::<String>()) {
            let json = embedded(&text);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            let is_plain = !json.contains(['<', '>', '&', '\n', '\u{2028}', '\u{2029}']);
            prop_assert!(is_plain);
        }
    }
}
