//! Whose requests are looked at.

use hyper::{
    HeaderMap, Uri,
    header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN},
};

use crate::settings::Settings;

/// Why a request is not looked at: it is for another host, comes from a web page, or has no token.
pub(crate) fn refusal(
    settings: &Settings,
    uri: &Uri,
    headers: &HeaderMap,
    is_open: bool,
) -> Option<&'static str> {
    if headers.contains_key(ORIGIN) || is_of_another_site(headers) {
        return Some("requests of web pages are not answered\n");
    }
    match &settings.token {
        // What anybody may know, whoever asks.
        Some(_) if is_open => None,
        // Whoever has the token may call the server what they like: a page that made a name of its own lead here has not.
        Some(expected) if tokens(headers).any(|token| is_same(token, expected.as_bytes())) => None,
        Some(_) => Some(
            "the token is missing or wrong: send it as the access key id of AWS's signature, as `Authorization: Bearer …`, or in the header X-Stepfn-Token\n",
        ),
        // Whoever it is has shown who they are.
        None if settings.asks_certificates() => None,
        None if names_here(settings, uri, headers) => None,
        None => Some("the header Host names another host: allow it with a host name of the settings\n"),
    }
}

/// Whether a browser says that a page of another site asks: some requests of such have no `Origin`.
fn is_of_another_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "none" && site != "same-origin")
}

/// Whether a request names this server, and nothing else: in the one header `Host`, and in its URI where that is a whole one.
fn names_here(settings: &Settings, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    host.to_str().is_ok_and(|host| is_here(settings, host))
        && uri.authority().is_none_or(|authority| is_here(settings, authority.as_str()))
}

/// Whether a header `Host` means this server: `[::1]:8083`, `localhost:8083`, `sync-localhost`.
fn is_here(settings: &Settings, host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    let name = match name.get(..5) {
        Some(prefix) if prefix.eq_ignore_ascii_case("sync-") => name.get(5..).unwrap_or(name),
        _ => name,
    };
    let own = ["localhost", "127.0.0.1", "[::1]"].into_iter();
    own.chain(settings.host_names.iter().map(String::as_str)).any(|known| name.eq_ignore_ascii_case(known))
}

/// The tokens that a request comes with.
fn tokens(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let own = headers.get("x-stepfn-token").map(HeaderValue::as_bytes);
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = authorization.strip_prefix("Bearer ").map(|token| token.trim().as_bytes());
    // `AWS4-HMAC-SHA256 Credential=KEY/20261130/us-east-1/states/aws4_request, SignedHeaders=…`
    let key = authorization.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
    [own, bearer, key.map(str::as_bytes)].into_iter().flatten()
}

/// Compares without telling by the time it takes where the difference is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (one, other)| all | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn other_hosts_and_web_pages_are_refused() {
        let settings = Settings { host_names: vec!["stepfn".to_owned()], ..Settings::default() };
        let refused = |given: &[(&'static str, &str)]| {
            refusal(&settings, &Uri::default(), &headers(given), false).is_some()
        };
        let own =
            ["localhost", "LOCALHOST:8083", "127.0.0.1:1", "[::1]", "[::1]:80", "Sync-localhost", "stepfn:1"];
        for host in own {
            assert!(!refused(&[("host", host)]), "{host}");
        }
        let others =
            ["", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "[::2]", "sync-", "127.0.0.2"];
        for host in others {
            assert!(refused(&[("host", host)]), "{host}");
        }
        assert!(refused(&[("host", "localhost"), ("origin", "http://localhost:3000")]));
        assert!(refused(&[("host", "localhost"), ("origin", "null")]));
        assert!(refused(&[("host", "localhost"), ("sec-fetch-site", "cross-site")]), "an image in a page");
        assert!(!refused(&[("host", "localhost"), ("sec-fetch-site", "none")]), "typed by hand");
        assert!(refused(&[("host", "localhost"), ("host", "evil.example")]), "two of them");
        assert!(refused(&[("host", "localhost:evil")]), "no port");
        let asked = |uri: &'static str| {
            refusal(&settings, &Uri::from_static(uri), &headers(&[("host", "localhost")]), false)
        };
        assert!(asked("http://localhost:8083/").is_none());
        assert!(asked("http://evil.example/").is_some(), "the URI names another host");
    }

    #[test]
    fn a_token_is_taken_in_each_of_its_places_and_nothing_else_is() {
        let settings = Settings { token: Some("Secret1".to_owned()), ..Settings::default() };
        let refused = |given: &[(&'static str, &str)]| {
            refusal(&settings, &Uri::default(), &headers(given), false).is_some()
        };
        let signature = |key: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential={key}/20261130/us-east-1/states/aws4_request, SignedHeaders=host, Signature=0"
            )
        };
        for (name, value) in [
            ("x-stepfn-token", "Secret1".to_owned()),
            ("authorization", "Bearer Secret1".to_owned()),
            ("authorization", signature("Secret1")),
        ] {
            assert!(!refused(&[("host", "10.0.0.5"), (name, &value)]), "{name}: {value}");
            assert!(refused(&[("origin", "http://a.example"), (name, &value)]), "a page that has it");
        }
        for (name, value) in [
            ("x-stepfn-token", "secret1".to_owned()),
            ("x-stepfn-token", String::new()),
            ("x-stepfn-token", "Secret1x".to_owned()),
            ("authorization", "Basic Secret1".to_owned()),
            ("authorization", signature("Secret")),
            ("authorization", "Credential=".to_owned()),
        ] {
            assert!(refused(&[("host", "localhost"), (name, &value)]), "{name}: {value}");
        }
        assert!(
            refusal(&settings, &Uri::default(), &headers(&[]), true).is_none(),
            "what is open needs none"
        );
    }
}
