//! The part of a URL of Postgres that `tokio-postgres` does not read: who the server has to be.

use percent_encoding::percent_decode_str;

use crate::store::StoreError;

/// How a connection is encrypted, in libpq's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    /// Encrypted where the server can.
    #[default]
    Prefer,
    /// Encrypted, whoever the server is.
    Require,
    /// Encrypted, to a server that somebody trusted vouches for.
    VerifyCa,
    /// The same, and the server has the name that is called.
    VerifyFull,
}

/// The encryption that a URL asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ssl {
    pub(super) mode: Mode,
    /// The file of the certificates that are trusted; `system` or none: those of the operating system.
    pub(super) root: Option<String>,
    /// The files of this side's certificate and key.
    pub(super) certificate: Option<String>,
    pub(super) key: Option<String>,
}

/// Takes the parameters about encryption out of a URL, or out of a text of `name=value`.
pub(super) fn split(url: &str) -> Result<(String, Ssl), StoreError> {
    let mut ssl = Ssl::default();
    let mut given_mode = None;
    let mut take = |name: &str, value: String| -> Result<bool, StoreError> {
        match name {
            "sslmode" => given_mode = Some(mode(&value)?),
            "sslrootcert" => ssl.root = Some(value),
            "sslcert" => ssl.certificate = Some(value),
            "sslkey" => ssl.key = Some(value),
            _ => return Ok(false),
        }
        Ok(true)
    };
    let rest = if url.contains("://") {
        match url.split_once('?') {
            None => url.to_owned(),
            Some((before, parameters)) => {
                let mut kept = Vec::new();
                for parameter in parameters.split('&') {
                    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                    let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
                    if !take(name, value)? {
                        kept.push(parameter);
                    }
                }
                if kept.is_empty() { before.to_owned() } else { format!("{before}?{}", kept.join("&")) }
            }
        }
    } else {
        let mut kept = Vec::new();
        for (name, value, whole) in words(url) {
            if !take(name, value)? {
                kept.push(whole);
            }
        }
        kept.join(" ")
    };
    // As libpq: who names certificates wants them looked at.
    ssl.mode = match given_mode {
        Some(Mode::Require) if ssl.root.is_some() => Mode::VerifyCa,
        Some(mode) => mode,
        None if ssl.root.as_deref() == Some("system") => Mode::VerifyFull,
        None => Mode::default(),
    };
    Ok((rest, ssl))
}

fn mode(value: &str) -> Result<Mode, StoreError> {
    Ok(match value {
        "disable" => Mode::Disable,
        "allow" | "prefer" => Mode::Prefer,
        "require" => Mode::Require,
        "verify-ca" => Mode::VerifyCa,
        "verify-full" => Mode::VerifyFull,
        other => {
            return Err(StoreError::Misuse(format!(
                "the URL of Postgres: `sslmode={other}`; write `disable`, `prefer`, `require`, `verify-ca` or `verify-full`"
            )));
        }
    })
}

/// The parameters of `name=value 'other name' = 'it''s'`, each with its value and as it was written.
fn words(text: &str) -> Vec<(&str, String, &str)> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once('=') else {
            words.push((rest, String::new(), rest));
            break;
        };
        let value_at = after.trim_start();
        let (value, end) = value(value_at);
        let whole_end = rest.len() - value_at.len() + end;
        words.push((name.trim(), value, rest.get(..whole_end).unwrap_or(rest)));
        rest = rest.get(whole_end..).unwrap_or_default().trim_start();
    }
    words
}

/// A value, and where it ends: at a blank, or at the quote that ends it.
fn value(text: &str) -> (String, usize) {
    let is_quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut chars = text.char_indices().skip(usize::from(is_quoted));
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => value.extend(chars.next().map(|(_, char)| char)),
            '\'' if is_quoted => return (value, at + 1),
            char if !is_quoted && char.is_whitespace() => return (value, at),
            char => value.push(char),
        }
    }
    (value, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_encryption_is_taken_out() {
        for (url, rest, mode, root) in [
            ("postgres://u:p@h/d", "postgres://u:p@h/d", Mode::Prefer, None),
            ("postgres://h/d?sslmode=require", "postgres://h/d", Mode::Require, None),
            (
                "postgres://h/d?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fa%20b",
                "postgres://h/d?connect_timeout=3",
                Mode::VerifyFull,
                Some("/a b"),
            ),
            ("postgres://h/d?sslmode=require&sslrootcert=ca", "postgres://h/d", Mode::VerifyCa, Some("ca")),
            ("postgres://h/d?sslrootcert=system", "postgres://h/d", Mode::VerifyFull, Some("system")),
            ("host=h sslmode=disable user=u", "host=h user=u", Mode::Disable, None),
            (
                r"host='/a b' sslrootcert = 'it\'s here' sslmode=verify-ca dbname=d",
                "host='/a b' dbname=d",
                Mode::VerifyCa,
                Some("it's here"),
            ),
            ("host=h password='sslmode=require'", "host=h password='sslmode=require'", Mode::Prefer, None),
            ("", "", Mode::Prefer, None),
        ] {
            let (found, ssl) = split(url).unwrap();
            assert_eq!((found.as_str(), ssl.mode, ssl.root.as_deref()), (rest, mode, root), "{url}");
        }
        let error = split("postgres://h/d?sslmode=yes").unwrap_err();
        assert!(error.to_string().contains("verify-full"), "{error}");
    }
}
