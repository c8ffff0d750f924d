//! Reads JSON of servers leniently: a member that is not what it should be counts as absent.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The member of an object; `None` where there is none, or it is null.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|member| !member.is_null())
}

/// The first of the members that can be read as `T`.
pub(super) fn any_of<T: DeserializeOwned>(value: &Value, names: &[&str]) -> Option<T> {
    names.iter().find_map(|name| T::deserialize(member(value, name)?).ok())
}

/// A member that is text and not empty.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    member(value, name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A member that is a whole number, also where it is written as a string.
pub(super) fn number(value: &Value, name: &str) -> Option<u64> {
    match member(value, name)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
