//! Strings of a form of their own: which literals are of it for certain, and what one looks like.

/// The [`Shape::Text`](super::Shape::Text) of an RFC 3339 timestamp, as `Timestamp` comparisons and Wait states need it.
pub const TIMESTAMP: &str = "timestamp";

/// The verdict whether a string is of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfForm {
    Yes,
    No,
    /// Only the type's own parser can decide: the string is none of the plain ones that are known here.
    Unsure,
}

/// Judges a text. A form that nobody here knows is its author's, who vouches for the literals.
pub(super) const fn of_form(form: &str, text: &str) -> OfForm {
    let bytes = text.as_bytes();
    let plain = match form.as_bytes() {
        b"char" => return if is_one_char(bytes) { OfForm::Yes } else { OfForm::No },
        b"text without NUL" => return if has_no_nul(bytes) { OfForm::Yes } else { OfForm::No },
        b"IPv4 address" => return if ipv4(bytes, 0, bytes.len()) { OfForm::Yes } else { OfForm::No },
        b"IPv6 address" => ipv6(bytes, 0, bytes.len()),
        b"IPv4 socket address" => {
            let Some(colon) = last(bytes, b':') else { return OfForm::No };
            return if ipv4(bytes, 0, colon) && port(bytes, colon + 1) { OfForm::Yes } else { OfForm::No };
        }
        b"IPv6 socket address" => match last(bytes, b']') {
            Some(end) if end + 1 < bytes.len() && bytes[0] == b'[' && bytes[end + 1] == b':' => {
                ipv6(bytes, 1, end) && port(bytes, end + 2)
            }
            _ => return OfForm::No,
        },
        b"timestamp" => timestamp(bytes),
        b"date" => bytes.len() == 10 && date(bytes),
        b"time" => clock(bytes, 0, bytes.len()),
        b"date and time" => {
            bytes.len() > 11 && date(bytes) && bytes[10] == b'T' && clock(bytes, 11, bytes.len())
        }
        b"UUID" => uuid(bytes),
        b"decimal" => decimal(bytes),
        b"URL" => url(bytes),
        b"ISO 8601 duration" | b"ISO 8601 duration of hours and less" => duration(bytes),
        b"zoned timestamp" => zoned(bytes),
        _ => true,
    };
    if plain { OfForm::Yes } else { OfForm::Unsure }
}

/// Returns `true` if a text is an RFC 3339 timestamp for certain.
pub(crate) const fn is_timestamp(text: &str) -> bool {
    timestamp(text.as_bytes())
}

/// A text of a form, to try things with.
pub const fn example(form: &str) -> &'static str {
    match form.as_bytes() {
        b"char" => "c",
        b"IPv4 address" => "127.0.0.1",
        b"IPv6 address" => "::1",
        b"IPv4 socket address" => "127.0.0.1:80",
        b"IPv6 socket address" => "[::1]:80",
        b"timestamp" => "2030-01-01T00:00:00Z",
        b"date" => "2030-01-01",
        b"time" => "00:00:00",
        b"date and time" => "2030-01-01T00:00:00",
        b"UUID" => "00000000-0000-0000-0000-000000000000",
        b"decimal" => "1.5",
        b"URL" => "https://example.com/",
        b"ISO 8601 duration" | b"ISO 8601 duration of hours and less" => "PT1S",
        b"zoned timestamp" => "2030-01-01T00:00:00+00:00[+00:00]",
        _ => "text",
    }
}

const fn is_one_char(bytes: &[u8]) -> bool {
    let mut chars = 0;
    let mut i = 0;
    while i < bytes.len() {
        // Every byte but a continuation begins a character.
        if bytes[i] & 0b1100_0000 != 0b1000_0000 {
            chars += 1;
        }
        i += 1;
    }
    chars == 1
}

const fn has_no_nul(bytes: &[u8]) -> bool {
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == 0 {
            return false;
        }
        i += 1;
    }
    true
}

const fn last(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut i = bytes.len();
    while i > 0 {
        i -= 1;
        if bytes[i] == wanted {
            return Some(i);
        }
    }
    None
}

/// The number that digits make; none where one of them is no digit, or where there are none or too many.
const fn number(bytes: &[u8], start: usize, end: usize) -> Option<u32> {
    if start >= end || end > bytes.len() || end - start > 9 {
        return None;
    }
    let mut value = 0;
    let mut i = start;
    while i < end {
        if !bytes[i].is_ascii_digit() {
            return None;
        }
        value = value * 10 + (bytes[i] - b'0') as u32;
        i += 1;
    }
    Some(value)
}

const fn is_within(bytes: &[u8], start: usize, end: usize, least: u32, most: u32) -> bool {
    match number(bytes, start, end) {
        Some(value) => least <= value && value <= most,
        None => false,
    }
}

const fn port(bytes: &[u8], start: usize) -> bool {
    is_within(bytes, start, bytes.len(), 0, u16::MAX as u32) && bytes.len() - start <= 5
}

const fn ipv4(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut parts = 0;
    let mut from = start;
    let mut i = start;
    while i <= end {
        if i == end || bytes[i] == b'.' {
            // A leading zero is refused: it might mean an octal number.
            let leading = i - from > 1 && bytes[from] == b'0';
            if leading || i - from > 3 || !is_within(bytes, from, i, 0, 255) {
                return false;
            }
            parts += 1;
            from = i + 1;
        }
        i += 1;
    }
    parts == 4
}

/// Groups of hexadecimal digits, with `::` for a run of zeros; IPv4 at the end and scopes are left to the parser.
const fn ipv6(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut groups = 0;
    let mut digits = 0;
    let mut shortened = false;
    let mut i = start;
    while i < end {
        if bytes[i].is_ascii_hexdigit() {
            digits += 1;
            if digits > 4 {
                return false;
            }
        } else if bytes[i] == b':' {
            let double = i + 1 < end && bytes[i + 1] == b':';
            if digits > 0 {
                groups += 1;
                digits = 0;
            } else if i > start || !double {
                return false;
            }
            if double {
                if shortened {
                    return false;
                }
                shortened = true;
                i += 1;
            } else if i + 1 == end {
                return false;
            }
        } else {
            return false;
        }
        i += 1;
    }
    if digits > 0 {
        groups += 1;
    }
    if shortened { groups < 8 } else { groups == 8 }
}

/// Returns `true` if the first ten bytes are a day that exists.
const fn date(bytes: &[u8]) -> bool {
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month)) = (number(bytes, 0, 4), number(bytes, 5, 7)) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    is_within(bytes, 8, 10, 1, days)
}

/// `12:30:00`, with up to nine digits of a fraction.
const fn clock(bytes: &[u8], start: usize, end: usize) -> bool {
    if end < start + 8 || bytes[start + 2] != b':' || bytes[start + 5] != b':' {
        return false;
    }
    is_within(bytes, start, start + 2, 0, 23)
        && is_within(bytes, start + 3, start + 5, 0, 59)
        && is_within(bytes, start + 6, start + 8, 0, 59)
        && (end == start + 8 || bytes[start + 8] == b'.' && number(bytes, start + 9, end).is_some())
}

const fn offset(bytes: &[u8], start: usize) -> bool {
    bytes.len() == start + 6
        && matches!(bytes[start], b'+' | b'-')
        && bytes[start + 3] == b':'
        && is_within(bytes, start + 1, start + 3, 0, 23)
        && is_within(bytes, start + 4, start + 6, 0, 59)
}

const fn timestamp(bytes: &[u8]) -> bool {
    if bytes.len() < 20 || !date(bytes) || bytes[10] != b'T' {
        return false;
    }
    let end = bytes.len() - 1;
    if bytes[end] == b'Z' {
        return clock(bytes, 11, end);
    }
    bytes.len() > 25 - 1 && offset(bytes, bytes.len() - 6) && clock(bytes, 11, bytes.len() - 6)
}

/// A timestamp in UTC with its zone, as an offset: for a name one needs the names of zones at hand.
const fn zoned(bytes: &[u8]) -> bool {
    const END: &[u8] = b"+00:00[+00:00]";
    if bytes.len() < 19 + END.len() {
        return false;
    }
    let (start, end) = bytes.split_at(bytes.len() - END.len());
    let mut i = 0;
    while i < END.len() {
        if end[i] != END[i] {
            return false;
        }
        i += 1;
    }
    date(start) && start[10] == b'T' && clock(start, 11, start.len())
}

const fn uuid(bytes: &[u8]) -> bool {
    let mut i = 0;
    while i < bytes.len() {
        let fits = match i {
            8 | 13 | 18 | 23 => bytes[i] == b'-',
            _ => bytes[i].is_ascii_hexdigit(),
        };
        if !fits {
            return false;
        }
        i += 1;
    }
    bytes.len() == 36
}

/// Digits that every decimal type holds.
const fn decimal(bytes: &[u8]) -> bool {
    let start = if !bytes.is_empty() && bytes[0] == b'-' { 1 } else { 0 };
    match last(bytes, b'.') {
        Some(point) => {
            number(bytes, start, point).is_some() && number(bytes, point + 1, bytes.len()).is_some()
        }
        None => number(bytes, start, bytes.len()).is_some(),
    }
}

/// A scheme, `://`, a plain host, and plain characters behind it.
const fn url(bytes: &[u8]) -> bool {
    let mut i = 0;
    while i < bytes.len() && (bytes[i].is_ascii_lowercase() || i > 0 && bytes[i].is_ascii_digit()) {
        i += 1;
    }
    let host = i + 3;
    if i == 0 || host >= bytes.len() || bytes[i] != b':' || bytes[i + 1] != b'/' || bytes[i + 2] != b'/' {
        return false;
    }
    i = host;
    // A host that begins with a letter is no IPv4 address, and `xn--` is left to the parser.
    if !bytes[i].is_ascii_lowercase() || bytes[i] == b'x' {
        return false;
    }
    while i < bytes.len() && (bytes[i].is_ascii_lowercase() || bytes[i].is_ascii_digit() || bytes[i] == b'.')
    {
        // An empty label, and a last label that is a number.
        if bytes[i] == b'.'
            && (i + 1 == bytes.len() || !bytes[i + 1].is_ascii_lowercase() || bytes[i + 1] == b'x')
        {
            return false;
        }
        i += 1;
    }
    if i < bytes.len() && bytes[i] != b'/' {
        return false;
    }
    while i < bytes.len() {
        if !(bytes[i].is_ascii_alphanumeric()
            || matches!(bytes[i], b'/' | b'-' | b'_' | b'.' | b'~' | b'=' | b'&' | b'?'))
        {
            return false;
        }
        i += 1;
    }
    true
}

/// `PT5M`: one whole number of hours, minutes or seconds.
const fn duration(bytes: &[u8]) -> bool {
    bytes.len() > 3
        && bytes[0] == b'P'
        && bytes[1] == b'T'
        && matches!(bytes[bytes.len() - 1], b'H' | b'M' | b'S')
        && is_within(bytes, 2, bytes.len() - 1, 0, 99_999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_a_form_are_distinguished_from_others() {
        for (form, plain, others) in [
            ("char", &["c", "é", "😀"][..], &["", "abc", "e\u{301}"][..]),
            ("text without NUL", &["", "a"], &["a\0b"]),
            (
                "IPv4 address",
                &["0.0.0.0", "255.1.20.199"],
                &["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.1.1.1", "1..1.1"],
            ),
            (
                "IPv6 address",
                &["::", "::1", "1::", "1:2:3:4:5:6:7:8", "fe80::1:2"],
                &["", ":", "1:2", ":1::", "1::2::3", "12345::", "1:"],
            ),
            ("IPv4 socket address", &["1.2.3.4:80"], &["1.2.3.4", "1.2.3.4:", "1.2.3.4:65536"]),
            ("IPv6 socket address", &["[::1]:80"], &["::1:80", "[::1]", "[]:1"]),
            (
                TIMESTAMP,
                &["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.123+09:00"],
                &[
                    "2023-02-29T00:00:00Z",
                    "2024-01-01T24:00:00Z",
                    "2024-01-01",
                    "2024-01-01T00:00:00",
                    "never",
                    "2024-01-01T00:00:00.Z",
                ],
            ),
            ("date", &["2024-02-29"], &["2024-13-01", "2024-1-1", "2024-01-01T"]),
            ("time", &["00:00:00", "23:59:59.5"], &["1:00:00", "00:00", "00:00:60"]),
            ("date and time", &["2024-02-29T00:00:00"], &["2024-02-29 00:00:00", "2024-02-29T00:00:00Z"]),
            (
                "UUID",
                &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
                &["67e55044", "67e55044-10b1-426f-9247-bb680e5fe0cz"],
            ),
            ("decimal", &["1", "-1.50", "0.1"], &["", "1.", ".1", "x", "1e5"]),
            (
                "URL",
                &["https://example.com/a?b=c", "s3://bucket"],
                &["example.com", "https://", "https://1.2", "https://a..b", "https://xn--a"],
            ),
            ("ISO 8601 duration", &["PT5M"], &["P", "5M", "PT"]),
            ("zoned timestamp", &["2030-01-01T00:00:00+00:00[+00:00]"], &["2030-01-01T00:00:00Z"]),
            ("somebody's own", &["anything"], &[]),
        ] {
            for text in plain {
                assert_eq!(of_form(form, text), OfForm::Yes, "{form}: {text}");
            }
            for text in others {
                assert_ne!(of_form(form, text), OfForm::Yes, "{form}: {text}");
            }
            assert_eq!(of_form(form, example(form)), OfForm::Yes, "{form}: {}", example(form));
        }
    }
}
