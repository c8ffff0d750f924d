//! The address of a server of the API.

use std::fmt;
use std::str::FromStr;

use super::{HttpRequest, Version};

/// The address of a server: scheme, host, port, and what stands in front of every path.
///
/// Host and scheme are in lower case, and a default port is left out, since signatures demand both (RFC 5849 3.4.1.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    scheme: &'static str,
    authority: String,
    prefix: String,
}

/// A text that is no address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Neither `http://` nor `https://` stands in front.
    #[error("{0:?} is no address of a server: it begins with neither https:// nor http://")]
    Scheme(String),
    /// No host, or one with characters that no host has.
    #[error("{0:?} is no address of a server: it names no host")]
    Host(String),
    /// The port is no number up to 65535.
    #[error("{0:?} is no address of a server: its port is no number from 1 to 65535")]
    Port(String),
    /// A user, a query or a fragment, none of which has a meaning here.
    ///
    /// The text is not repeated: it may hold a password.
    #[error("an address of a server has a host, a port and a path: no user, query, fragment or blank")]
    Extra,
}

impl Endpoint {
    /// The service's own address for a version.
    pub fn of_service(version: Version) -> Self {
        let authority = version.service().trim_start_matches("https://").to_owned();
        Self { scheme: HTTPS, authority, prefix: String::new() }
    }

    /// `http` or `https`.
    pub const fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Host and port, as in the header `Host`: the port is left out where it is the scheme's own.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The address of a request with its query.
    pub fn url(&self, request: &HttpRequest) -> String {
        format!("{self}{}", request.target())
    }

    /// The address of a request without its query, as signatures take it.
    pub fn base_url(&self, request: &HttpRequest) -> String {
        format!("{self}{}", request.path)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    /// Reads `https://host`, `http://host:port` or the same with a path in front of all paths.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        let (scheme, default_port) = match () {
            () if lower.starts_with("https://") => (HTTPS, 443),
            () if lower.starts_with("http://") => (HTTP, 80),
            () => return Err(EndpointError::Scheme(text.to_owned())),
        };
        let rest = text.get(scheme.len().saturating_add(3)..).unwrap_or_default();
        if rest.contains(['?', '#', '@', '\\']) || rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(EndpointError::Extra);
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let (host, port) = split_port(authority).ok_or_else(|| EndpointError::Port(text.to_owned()))?;
        let host = host.to_ascii_lowercase();
        let is_host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').is_some_and(is_ipv6),
            None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
        };
        if !is_host {
            return Err(EndpointError::Host(text.to_owned()));
        }
        let authority = match port {
            Some(port) if port != default_port => format!("{host}:{port}"),
            _ => host,
        };
        Ok(Self { scheme, authority, prefix: path.trim_end_matches('/').to_owned() })
    }
}

/// Whether the text may be an address of IP version 6, which is all that its own resolver needs to be asked.
fn is_ipv6(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
}

/// Host and port; `None` where the port is none.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let after_address = match authority.rfind(']') {
        Some(end) => end.saturating_add(1),
        // An address of version 6 that is not closed: all of it is the host, and none.
        None if authority.starts_with('[') => return Some((authority, None)),
        None => 0,
    };
    let Some(colon) = authority.get(after_address..)?.find(':') else {
        return Some((authority, None));
    };
    let (host, port) = authority.split_at(after_address.saturating_add(colon));
    let port = port.strip_prefix(':')?;
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port: u16 = digits.then(|| port.parse().ok()).flatten().filter(|&port| port > 0)?;
    Some((host, Some(port)))
}

const HTTP: &str = "http";
const HTTPS: &str = "https";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_brought_into_one_form() {
        for (text, shown) in [
            ("https://api.x.com", "https://api.x.com"),
            ("HTTPS://API.X.com:443/", "https://api.x.com"),
            ("http://localhost:80", "http://localhost"),
            ("http://localhost:443", "http://localhost:443"),
            ("http://127.0.0.1:8080/proxy/", "http://127.0.0.1:8080/proxy"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), shown);
        }
        for version in [Version::V1_1, Version::V2] {
            assert_eq!(Endpoint::of_service(version), version.service().parse().unwrap());
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use EndpointError::{Host, Port, Scheme};
        for (text, error) in [
            ("api.x.com", Scheme as fn(String) -> EndpointError),
            ("ftp://api.x.com", Scheme),
            ("http://", Host),
            ("http://:80", Host),
            ("http://[::1", Host),
            ("http://[1]:2", Host),
            ("http://a:b", Port),
            ("http://a:0", Port),
            ("http://a:65536", Port),
            ("http://a:", Port),
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(error(text.to_owned())), "{text}");
        }
        for text in ["http://user:secret@a", "http://a/?b", "http://a b", "http://a\\b"] {
            assert_eq!(text.parse::<Endpoint>(), Err(EndpointError::Extra), "{text}");
        }
    }
}
