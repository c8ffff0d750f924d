//! Commands as shells read them.

/// A command for a POSIX shell.
pub fn sh(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    joined(words, |word| {
        let is_plain =
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte));
        if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
    })
}

/// A command for PowerShell.
pub fn powershell(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    joined(words, |word| {
        let body = word.strip_prefix('-').unwrap_or(word);
        let is_plain = !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_plain {
            return word.to_owned();
        }
        // Each of these quotes ends a string there, and stands for itself when it is doubled.
        let mut quoted = String::from("'");
        for character in word.chars() {
            quoted.push(character);
            if matches!(character, '\'' | '‘' | '’' | '‚' | '‛') {
                quoted.push(character);
            }
        }
        quoted.push('\'');
        quoted
    })
}

fn joined(words: impl IntoIterator<Item = impl AsRef<str>>, quoted: impl Fn(&str) -> String) -> String {
    words.into_iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_plain() {
        assert_eq!(sh(["ffmpeg", "-c:v", "libx264", "a b", "it's", ""]), r"ffmpeg -c:v libx264 'a b' 'it'\''s' ''");
        assert_eq!(powershell(["ffmpeg", "-i", "-c:v", "a b", "it's", "’"]), "ffmpeg -i '-c:v' 'a b' 'it''s' '’’'");
    }
}
