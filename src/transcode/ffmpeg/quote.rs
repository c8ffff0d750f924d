//! Commands as shells read them.
//!
//! Every word is written so that it can be shown, copied and pasted: what a terminal would obey, and bytes that are no text, are written by
//! their numbers.

use std::ffi::OsStr;

/// A command for a POSIX shell.
pub fn sh(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let words = words.into_iter().map(|word| sh_word(word.as_ref().as_encoded_bytes()));
    words.collect::<Vec<_>>().join(" ")
}

fn sh_word(word: &[u8]) -> String {
    if is_plain(word) {
        return word.iter().map(|byte| char::from(*byte)).collect();
    }
    let mut quoted = Quoted::default();
    for chunk in word.utf8_chunks() {
        for character in chunk.valid().chars() {
            quoted.character(character);
        }
        quoted.hidden.extend_from_slice(chunk.invalid());
    }
    quoted.end()
}

/// Whether a POSIX shell reads a word as it is.
pub(crate) fn is_plain(word: &[u8]) -> bool {
    // A shell may take = at the beginning for the path of a command. Without a branch for each byte, several are looked at at once.
    !word.is_empty()
        && !word.starts_with(b"=")
        && word.iter().fold(true, |is_plain, byte| {
            is_plain & matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'+'..=b':' | b'_' | b'@' | b'%' | b'=')
        })
}

/// A word for a shell in the making.
#[derive(Default)]
struct Quoted {
    text: String,
    /// Whether it ends within single quotes.
    is_open: bool,
    /// Bytes to be written by their numbers.
    hidden: Vec<u8>,
}

impl Quoted {
    fn character(&mut self, character: char) {
        // What printf writes last may be no end of a line: the shell drops it.
        if is_hidden(character) || self.hidden.ends_with(b"\n") {
            self.hidden.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
        self.numbers();
        if character == '\'' {
            self.close();
            self.text.push_str(r"\'");
        } else {
            self.open();
            self.text.push(character);
        }
    }

    /// Writes the bytes that wait for it by their numbers.
    fn numbers(&mut self) {
        let hidden = std::mem::take(&mut self.hidden);
        let end = hidden.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
        let (bytes, lines) = hidden.split_at(end);
        if !bytes.is_empty() {
            self.close();
            self.text.push_str("\"$(printf %b '");
            for byte in bytes {
                self.text.push_str(&format!("\\0{byte:03o}"));
            }
            self.text.push_str("')\"");
        }
        // Ends of lines with nothing behind them.
        if !lines.is_empty() {
            self.open();
            self.text.push_str(&"\n".repeat(lines.len()));
        }
    }

    fn open(&mut self) {
        if !std::mem::replace(&mut self.is_open, true) {
            self.text.push('\'');
        }
    }

    fn close(&mut self) {
        if std::mem::replace(&mut self.is_open, false) {
            self.text.push('\'');
        }
    }

    fn end(mut self) -> String {
        self.numbers();
        self.close();
        if self.text.is_empty() { "''".to_owned() } else { self.text }
    }
}

/// A command for PowerShell.
///
/// Words with a double quote reach programs only from PowerShell 7.3 on: earlier ones, and Windows PowerShell, put words together as one line
/// without escaping it ([`is_for_new_powershell`]).
pub fn powershell(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    words.into_iter().map(|word| powershell_word(word.as_ref())).collect::<Vec<_>>().join(" ")
}

/// Whether a word of a command reaches programs only from PowerShell 7.3 on.
pub fn is_for_new_powershell(words: impl IntoIterator<Item = impl AsRef<str>>) -> bool {
    words.into_iter().any(|word| word.as_ref().contains('"') || word.as_ref().is_empty())
}

fn powershell_word(word: &str) -> String {
    // What begins with a digit could be a number there, such as 1kb.
    let body = word.strip_prefix('-').unwrap_or(word).as_bytes();
    let is_plain = body.first().is_some_and(u8::is_ascii_alphabetic)
        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    if is_plain {
        return word.to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut is_open = false;
    for character in word.chars() {
        if is_hidden(character) {
            is_open = false;
            parts.push(format!("[char]{}", u32::from(character)));
            continue;
        }
        if !is_open {
            parts.push("''".to_owned());
            is_open = true;
        }
        if let Some(part) = parts.last_mut() {
            part.pop();
            part.push(character);
            // Each of these quotes ends a string there, and stands for itself when it is doubled.
            if matches!(character, '\'' | '‘' | '’' | '‚' | '‛') {
                part.push(character);
            }
            part.push('\'');
        }
    }
    match parts.as_slice() {
        [] => "''".to_owned(),
        [part] if is_open => part.clone(),
        // A sum is of the kind of its first part, and a character is no text.
        _ => format!("('' + {})", parts.join(" + ")),
    }
}

/// Whether a terminal takes the character for a command, shows what follows in another order, or shows nothing.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_for_something_else() {
        for (word, quoted) in [
            ("-c:v", "-c:v"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("'", r"\'"),
            ("''x", r"\'\''x'"),
            ("=ls", "'=ls'"),
            ("~", "'~'"),
            (r"a\b", r"'a\b'"),
            (r"\'", r"'\'\'"),
            ("\n", "'\n'"),
            ("\n%d", r#""$(printf %b '\0012\0045')"'d'"#),
            (r"a\'b", r"'a\'\''b'"),
            ("\u{1b}[31m red", r#""$(printf %b '\0033')"'[31m red'"#),
            ("two\nlines", r#"'two'"$(printf %b '\0012\0154')"'ines'"#),
            ("end\n\n", "'end\n\n'"),
            ("a\u{202e}b", r#"'a'"$(printf %b '\0342\0200\0256')"'b'"#),
        ] {
            assert_eq!(sh(["x", word]), format!("x {quoted}"), "{word:?}");
        }
        assert_eq!(sh(["ffmpeg", "-i", "a b", "é.mp4"]), "ffmpeg -i 'a b' 'é.mp4'");
    }

    #[test]
    fn only_some_characters_are_read_as_they_are() {
        for byte in 0..=u8::MAX {
            let is_one = byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
            assert_eq!(is_plain(&[b'a', byte]), is_one, "{byte}");
        }
    }

    #[test]
    fn words_are_quoted_where_powershell_would_take_them_for_something_else() {
        for (word, quoted) in [
            ("-map", "-map"),
            ("-c:v", "'-c:v'"),
            ("libx264", "libx264"),
            // Numbers with and without a unit, and what ends options or parsing there.
            ("1", "'1'"),
            ("10kb", "'10kb'"),
            ("-1", "'-1'"),
            ("0x10", "'0x10'"),
            ("-", "'-'"),
            ("--", "'--'"),
            ("--%", "'--%'"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$HOME $(x) `n", "'$HOME $(x) `n'"),
            ("@args", "'@args'"),
            (r"C:\my folder\", r"'C:\my folder\'"),
            ("it's ‘a’ ‚b‛", "'it''s ‘‘a’’ ‚‚b‛‛'"),
            ("say \"x\" “y”", "'say \"x\" “y”'"),
            ("two\nlines", "('' + 'two' + [char]10 + 'lines')"),
            ("\u{1b}", "('' + [char]27)"),
        ] {
            assert_eq!(powershell(["x", word]), format!("x {quoted}"), "{word:?}");
        }
    }

    #[test]
    fn words_that_old_powershell_breaks_are_known() {
        assert!(is_for_new_powershell(["ffmpeg", "-i", "a \"b\".mp4"]) && is_for_new_powershell(["ffmpeg", ""]));
        assert!(!is_for_new_powershell(["ffmpeg", "it's", "‘a’ “b”", r"a b\c"]));
    }

    #[cfg(unix)]
    mod by_a_shell {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        use std::process::Command;

        use super::*;

        /// What a shell makes of quoted words.
        fn read_by_a_shell(words: &[Vec<u8>]) -> Vec<Vec<u8>> {
            let command = sh(words.iter().map(|word| OsStr::from_bytes(word)));
            let script = format!("for word in {command}; do printf '%s\\0' \"$word\"; done");
            let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            let text = output.stdout.strip_suffix(b"\0").unwrap();
            text.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
        }

        fn word() -> impl Strategy<Value = Vec<u8>> {
            let odd = prop::sample::select(&b"'\"\\\n\r\t $`~=-\x1b\x7f\xff\xc3\xa9\xe2\x80\xae%a"[..]);
            prop::collection::vec(prop_oneof![3 => odd, 1 => 1_u8..=255], 0..12)
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(64))]

            #[test]
            fn a_shell_reads_back_every_word(words in prop::collection::vec(word(), 1..8)) {
                prop_assert_eq!(read_by_a_shell(&words), words);
            }
        }

        #[test]
        fn a_name_that_is_no_text_is_written_by_its_numbers() {
            let word = std::ffi::OsString::from_vec(b"x\xff\xc3.mp4".to_vec());
            assert_eq!(sh([word]), r#"'x'"$(printf %b '\0377\0303')"'.mp4'"#);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_hidden_in_a_command(word in ".*") {
            let shown = sh([&word]);
            prop_assert!(!shown.trim_end_matches(['\n', '\'']).contains(is_hidden), "{}", shown);
            prop_assert!(!powershell([&word]).contains(is_hidden));
        }
    }
}
