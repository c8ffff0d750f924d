//! Parameters, of the query or of a body: names and values, in order.

use std::borrow::Cow;
use std::str::FromStr;

use percent_encoding::percent_decode;

use crate::api::{MediaId, UserId};
use crate::emulator::Refusal;
use crate::profile::Category;

/// Parameters, not escaped, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// Reads what stands in a query or in a form: pairs separated by `&`, a plus sign for a space.
    pub fn parse(text: &[u8]) -> Self {
        let pairs = text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let equals = memchr::memchr(b'=', pair).unwrap_or(pair.len());
                    let (name, value) = pair.split_at(equals);
                    (decoded(name), decoded(value.get(1..).unwrap_or_default()))
                })
                .collect(),
        )
    }

    /// The first value of that name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Adds a parameter behind the others.
    pub fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Takes the first value of that name out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.remove(at).1)
    }

    /// A value that must be there and be read.
    pub(super) fn required<T: FromStr>(&self, name: &'static str) -> Result<T, Refusal> {
        let text = self.first(name).filter(|text| !text.is_empty()).ok_or(Refusal::Missing(name))?;
        text.trim().parse().map_err(|_| Refusal::Invalid(name))
    }

    /// The identifier of an upload.
    pub(super) fn media_id(&self) -> Result<MediaId, Refusal> {
        self.required("media_id")
    }

    /// The category, if one is given.
    pub(super) fn category(&self) -> Result<Option<Category>, Refusal> {
        let text = self.first("media_category").filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(|_| Refusal::Category)).transpose()
    }

    /// Users separated by commas.
    pub(super) fn additional_owners(&self) -> Result<Vec<UserId>, Refusal> {
        let text = self.first("additional_owners").unwrap_or_default();
        let owners = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        owners.map(|id| id.parse().map_err(|_| Refusal::Invalid("additional_owners"))).collect()
    }

    /// Whether a flag is set.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.first(name).is_some_and(|text| matches!(text, "true" | "1"))
    }
}

/// A text without its escapes; bytes that are no UTF-8 become the replacement character.
fn decoded(text: &[u8]) -> String {
    let text: Cow<'_, [u8]> = if text.contains(&b'+') {
        text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect()
    } else {
        text.into()
    };
    percent_decode(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_order_and_without_escapes() {
        let fields =
            Fields::parse(b"command=APPEND&media_type=video%2Fmp4&&a+b=c%2Bd+e&empty=&bare&command=INIT&x=1=2&%FF=%zz");
        let pairs: Vec<_> = fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [
            ("command", "APPEND"),
            ("media_type", "video/mp4"),
            ("a b", "c+d e"),
            ("empty", ""),
            ("bare", ""),
            ("command", "INIT"),
            ("x", "1=2"),
            ("\u{FFFD}", "%zz"),
        ];
        assert_eq!(pairs, expected);
        assert_eq!(fields.first("command"), Some("APPEND"));
    }

    #[test]
    fn numbers_are_whole_and_in_range() {
        for (text, id) in [
            ("media_id=9007199254740993", Ok(9_007_199_254_740_993)),
            ("media_id=18446744073709551615", Ok(u64::MAX)),
            ("media_id=18446744073709551616", Err(Refusal::Invalid("media_id"))),
            ("media_id=-1", Err(Refusal::Invalid("media_id"))),
            ("media_id=0", Err(Refusal::Invalid("media_id"))),
            ("media_id=1.5", Err(Refusal::Invalid("media_id"))),
            ("media_id=1e3", Err(Refusal::Invalid("media_id"))),
            ("media_id=../../etc/passwd", Err(Refusal::Invalid("media_id"))),
            ("media_id=", Err(Refusal::Missing("media_id"))),
            ("", Err(Refusal::Missing("media_id"))),
        ] {
            assert_eq!(Fields::parse(text.as_bytes()).media_id().map(MediaId::number), id, "{text}");
        }
    }

    #[test]
    fn owners_are_a_list() {
        let owners = |text: &str| {
            let fields = Fields::parse(format!("additional_owners={text}").as_bytes());
            fields.additional_owners().map(|owners| owners.into_iter().map(UserId::number).collect::<Vec<_>>())
        };
        assert_eq!(owners(""), Ok(vec![]));
        assert_eq!(owners("1,2%2C+3,"), Ok(vec![1, 2, 3]));
        assert_eq!(owners("1,x"), Err(Refusal::Invalid("additional_owners")));
    }
}
