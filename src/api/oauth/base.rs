//! The text that is signed, and its signature (RFC 5849 3.4.1 and 3.4.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::OAuth1;
use crate::api::percent_encoded;

/// The text that is signed: the method, the address without its query, and the parameters, not escaped yet, in any order.
pub(super) fn text<'a>(method: &str, url: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut parameters: Vec<(String, String)> =
        parameters.map(|(name, value)| (percent_encoded(name), percent_encoded(value))).collect();
    // By name, and those of one name by value, both as escaped.
    parameters.sort_unstable();
    let pairs: Vec<String> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}&{}&{}", method.to_ascii_uppercase(), percent_encoded(url), percent_encoded(&pairs.join("&")))
}

/// The signature of the text as it is written, in base64.
pub(super) fn signature(text: &str, keys: &OAuth1) -> String {
    mac(text, keys).map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// Whether that is the signature of the text, compared in constant time.
pub(super) fn is_signature(signature: &str, text: &str, keys: &OAuth1) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else {
        return false;
    };
    mac(text, keys).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

/// HMAC takes keys of any length, so that there always is one.
fn mac(text: &str, keys: &OAuth1) -> Option<Hmac<Sha1>> {
    let key = format!("{}&{}", percent_encoded(keys.secret.reveal()), percent_encoded(keys.token_secret.reveal()));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}
