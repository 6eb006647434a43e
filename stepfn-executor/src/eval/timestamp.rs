//! Points in time as a definition writes them.

use std::fmt;

/// A point in time, read from an RFC 3339 timestamp. Two spellings of one instant are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(jiff::Timestamp);

impl Instant {
    /// Reads a timestamp as AWS does: date, an uppercase `T`, time with seconds and up to nine digits of their
    /// fraction, and an uppercase `Z` or an offset. Anything else is `None`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // The library takes more than that: lowercase letters, blanks, annotations in brackets, a sixtieth second.
        if !is_strict(text.as_bytes()) {
            return None;
        }
        text.parse().ok().map(Self)
    }

    /// The instant itself.
    pub(crate) fn timestamp(self) -> jiff::Timestamp {
        self.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn is_strict(text: &[u8]) -> bool {
    let Some((head, rest)) = text.split_at_checked(19) else { return false };
    let shape = head.iter().zip(b"dddd-dd-ddTdd:dd:dd").all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        _ => byte == shape,
    });
    if !shape || head.ends_with(b":60") {
        return false;
    }
    let zone = match rest.strip_prefix(b".") {
        None => rest,
        Some(rest) => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return false;
            }
            &rest[digits..]
        }
    };
    match zone {
        b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_timestamp() {
        for text in [
            "2016-12-05T21:29:29Z",
            "2016-12-05T21:29:29.00Z",
            "2016-12-05T21:29:29.123456789Z",
            "2016-12-05T21:29:29+09:00",
            "2016-12-05T21:29:29.5-00:30",
            "2024-02-29T00:00:00Z",
        ] {
            assert!(Instant::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "Z",
            "2016-12-05",
            "2016-12-05T21:29Z",
            "2016-12-05 21:29:29Z",
            "2016-12-05t21:29:29Z",
            "2016-12-05T21:29:29z",
            "2016-12-05T21:29:29",
            "2016-12-05T21:29:29.Z",
            "2016-12-05T21:29:29.1234567890Z",
            "2016-12-05T21:29:29+0900",
            "2016-12-05T21:29:29Z[UTC]",
            "2016-12-05T21:29:60Z",
            "2016-12-05T25:29:29Z",
            "2016-13-05T21:29:29Z",
            "05-12-2016T21:29:29Z",
            "2023-02-29T00:00:00Z",
            "ä016-12-05T21:29:29Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn instants_compare_as_instants() {
        let at = |text| Instant::parse(text).unwrap();
        assert_eq!(at("2016-12-05T21:29:29Z"), at("2016-12-05T22:29:29+01:00"));
        assert_eq!(at("2016-12-05T21:29:29Z"), at("2016-12-05T21:29:29.000Z"));
        assert!(at("2016-12-05T21:29:29Z") < at("2016-12-05T21:29:29.000000001Z"));
        assert!(at("2016-12-05T21:29:29+02:00") < at("2016-12-05T20:29:29Z"));
    }
}
