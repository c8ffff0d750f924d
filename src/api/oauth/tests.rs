//! Published vectors, and that what is signed verifies.

use proptest::prelude::*;

use super::*;
use crate::api::{Body, Encoding, Media, MediaId, Method, Request, Version};

fn keys(key: &str, secret: &str, token: &str, token_secret: &str) -> OAuth1 {
    OAuth1 {
        key: Secret::new(key),
        secret: Secret::new(secret),
        token: Secret::new(token),
        token_secret: Secret::new(token_secret),
    }
}

/// The keys of "Creating a signature" in the platform's documents.
fn documented() -> OAuth1 {
    keys(
        "xvz1evFS4wEEPTGEFPHBog",
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
}

fn owned(parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn parsed(header: &str) -> SignedHeader {
    match Authorization::parse(header).unwrap() {
        Authorization::OAuth1(header) => header,
        Authorization::Bearer(_) => panic!("a bearer"),
    }
}

#[test]
fn the_documented_signature_comes_out() {
    let request = HttpRequest {
        method: Method::Post,
        path: "/1.1/statuses/update.json".to_owned(),
        query: owned(&[("include_entities", "true")]),
        content_type: Some("application/x-www-form-urlencoded".to_owned()),
        body: Body::Form(owned(&[("status", "Hello Ladies + Gentlemen, a signed OAuth request!")])),
    };
    let endpoint = "https://api.twitter.com".parse().unwrap();
    let nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg";
    assert_eq!(
        Credentials::OAuth1(documented()).authorization(&request, &endpoint, nonce, 1_318_622_958),
        "OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", \
         oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", oauth_signature_method=\"HMAC-SHA1\", \
         oauth_timestamp=\"1318622958\", oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb\", \
         oauth_version=\"1.0\", oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\""
    );
    assert_eq!(Credentials::Bearer(Secret::new("AAAA")).authorization(&request, &endpoint, nonce, 0), "Bearer AAAA");
}

/// RFC 5849 1.2: the request of a photo.
#[test]
fn the_signature_of_the_standard_verifies() {
    let header = parsed(
        "OAuth realm=\"Photos\",\n        oauth_consumer_key=\"dpf43f3p2l4k3l03\",\n        \
         oauth_token=\"nnch734d00sl2jdk\",\n        oauth_signature_method=\"HMAC-SHA1\",\n        \
         oauth_timestamp=\"137131202\",\n        oauth_nonce=\"chapoH\",\n        \
         oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"",
    );
    let keys = keys("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00");
    let parameters = owned(&[("size", "original"), ("file", "vacation.jpg")]);
    let url = "http://photos.example.net/photos";
    let request = Signed { method: "GET", url, parameters: &parameters };
    assert_eq!(header.verify(&request, &keys), Ok(()));
    assert_eq!((header.nonce(), header.timestamp()), (Some("chapoH"), Some(137_131_202)));

    let other = |request: Signed<'_>| header.verify(&request, &keys);
    assert_eq!(other(Signed { method: "POST", ..request }), Err(VerifyError::Signature));
    assert_eq!(other(Signed { url: "https://photos.example.net/photos", ..request }), Err(VerifyError::Signature));
    assert_eq!(other(Signed { parameters: &parameters[1..], ..request }), Err(VerifyError::Signature));
    let wrong = OAuth1 { secret: Secret::new("kd94hf93k423kf45"), ..keys.clone() };
    assert_eq!(header.verify(&request, &wrong), Err(VerifyError::Signature));
    let wrong = OAuth1 { key: Secret::new("other"), ..keys.clone() };
    assert_eq!(header.verify(&request, &wrong), Err(VerifyError::Key));
    let wrong = OAuth1 { token: Secret::new(""), ..keys };
    assert_eq!(header.verify(&request, &wrong), Err(VerifyError::Token));
}

/// RFC 5849 3.4.1.1: one name twice, an empty value, escapes and a plus sign.
#[test]
fn the_text_that_is_signed_is_that_of_the_standard() {
    let parameters = [
        ("b5", "=%3D"),
        ("a3", "a"),
        ("c@", ""),
        ("a2", "r b"),
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
        ("c2", ""),
        ("a3", "2 q"),
    ];
    let text = base::text("post", "http://example.com/request", parameters.into_iter());
    assert_eq!(
        text,
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D\
         %26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
         %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
    // With the secrets that its erratum 2550 names.
    let keys = keys("9djdj82h48djs9d2", "j49sk3j29djd", "kkk9d7dh3k39sjv7", "dh893hdasih9");
    assert_eq!(base::signature(&text, &keys), "r6/TJjbCOr97/+UU0NsvSne7s5g=");
}

#[test]
fn headers_of_all_sorts_are_read() {
    let tight = parsed("oauth oauth_nonce=\"a%20b\",oauth_timestamp=\"5\",realm=\"x\"");
    assert_eq!((tight.nonce(), tight.timestamp()), (Some("a b"), Some(5)));
    assert_eq!(parsed("OAuth oauth_nonce=bare, ,").nonce(), Some("bare"));
    assert_eq!(Authorization::parse("bearer  AAA "), Ok(Authorization::Bearer(Secret::new("AAA"))));
    for (header, error) in [
        ("", HeaderError::Scheme),
        ("OAuth", HeaderError::Scheme),
        ("Basic YTpi", HeaderError::Scheme),
        ("OAuth nonce", HeaderError::Parameter),
        ("OAuth oauth_nonce=\"a", HeaderError::Parameter),
        ("OAuth oauth_nonce=\"%FF\"", HeaderError::Parameter),
        ("OAuth a=\"1\", a=\"2\"", HeaderError::Twice),
    ] {
        assert_eq!(Authorization::parse(header), Err(error), "{header}");
    }
    let many: Vec<String> = (0..100).map(|number| format!("p{number}=\"\"")).collect();
    assert_eq!(Authorization::parse(&format!("OAuth {}", many.join(","))), Err(HeaderError::TooMany));
}

#[test]
fn what_is_missing_or_of_another_kind_is_named() {
    let request = Signed { method: "GET", url: "https://api.x.com/", parameters: &[] };
    let verify = |header: &str| parsed(header).verify(&request, &documented());
    assert_eq!(verify("OAuth oauth_token=\"a\""), Err(VerifyError::Missing("oauth_consumer_key")));
    let all = "OAuth oauth_consumer_key=\"a\",oauth_token=\"b\",oauth_signature=\"c\",oauth_nonce=\"d\"";
    assert_eq!(verify(all), Err(VerifyError::Missing("oauth_timestamp")));
    let plain = format!("{all},oauth_timestamp=\"1\",oauth_signature_method=\"PLAINTEXT\"");
    assert_eq!(verify(&plain), Err(VerifyError::Method));
    let version = format!("{all},oauth_timestamp=\"1\",oauth_signature_method=\"HMAC-SHA1\",oauth_version=\"2.0\"");
    assert_eq!(verify(&version), Err(VerifyError::Method));
    let time = format!("{all},oauth_timestamp=\"soon\",oauth_signature_method=\"HMAC-SHA1\"");
    assert_eq!(verify(&time), Err(VerifyError::Timestamp));
}

#[test]
fn the_token_names_the_user() {
    assert_eq!(documented().user(), UserId::new(370_773_112));
    assert_eq!(keys("a", "b", "nnch734d00sl2jdk", "c").user(), None);
    assert_eq!(keys("a", "b", "x-y", "c").user(), None);
}

#[test]
fn nothing_secret_is_shown() {
    let shown = format!("{:?} {:?}", Credentials::OAuth1(documented()), Credentials::Bearer(Secret::new("AAAA")));
    let keys = documented();
    for secret in [keys.key, keys.secret, keys.token, keys.token_secret, Secret::new("AAAA")] {
        assert!(!shown.contains(secret.reveal()), "{shown}");
    }
    let header = Authorization::parse("OAuth oauth_token=\"hidden\"").unwrap();
    assert_eq!(format!("{header:?}"), "OAuth1({\"oauth_token\"})");
}

fn requests() -> impl Strategy<Value = Request> {
    let id = (1..=u64::MAX).prop_map(|number| MediaId::new(number).unwrap());
    prop_oneof![
        (any::<u64>(), "[ -~é]{0,12}").prop_map(|(total_bytes, media_type)| Request::Initialize {
            total_bytes,
            media_type,
            category: None,
            additional_owners: Vec::new(),
            shared: false,
        }),
        id.clone().prop_map(|id| Request::Status { id }),
        id.clone().prop_map(|id| Request::Finalize { id }),
        (id, any::<Vec<u8>>()).prop_map(|(id, bytes)| Request::Append {
            id,
            segment_index: 0,
            media: Media::Bytes(bytes)
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_signed_verifies(
        request in requests(),
        v2 in any::<bool>(),
        values in prop::array::uniform4("[ -~é]{0,8}"),
        nonce in "[ -~]{1,32}",
        timestamp in any::<u64>(),
    ) {
        let version = if v2 { Version::V2 } else { Version::V1_1 };
        let http = request.encode(version, Encoding::Raw, "B").unwrap();
        let endpoint: Endpoint = "http://LOCALHOST:8080/p".parse().unwrap();
        let keys = keys(&values[0], &values[1], &values[2], &values[3]);
        let header = Credentials::OAuth1(keys.clone()).authorization(&http, &endpoint, &nonce, timestamp);
        let parameters: Vec<(String, String)> =
            http.signed_parameters().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let url = format!("http://localhost:8080/p{}", http.path);
        let signed = Signed { method: http.method.as_str(), url: &url, parameters: &parameters };
        prop_assert_eq!(parsed(&header).verify(&signed, &keys), Ok(()));
    }

    #[test]
    fn arbitrary_headers_never_panic(header in any::<String>(), rest in "[ -~]{0,64}") {
        let keys = documented();
        for header in [header, format!("OAuth {rest}"), format!("OAuth oauth_signature=\"{rest}\"")] {
            if let Ok(Authorization::OAuth1(header)) = Authorization::parse(&header) {
                let request = Signed { method: "GET", url: "", parameters: &[] };
                prop_assert!(header.verify(&request, &keys).is_err());
            }
        }
    }
}
