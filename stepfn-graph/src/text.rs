//! The widths of texts, their breaks into lines, and their form in XML.

use stepfn_core::visible::visible;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a fixed-width font: Korean, Chinese and Japanese signs take two.
pub(crate) fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The width of a text in a sans-serif font. No font is measured, so that the same text has the same width everywhere: these are the
/// widths of a wide common font.
pub(crate) fn sans(text: &str, size: f64) -> f64 {
    text.chars().map(sans_em).sum::<f64>() * size
}

fn sans_em(sign: char) -> f64 {
    match (UnicodeWidthChar::width(sign), sign) {
        (None | Some(0), _) => 0.0,
        (Some(1), 'i' | 'j' | 'l' | 'I' | '|' | '\'' | '.' | ',' | ':' | ';' | '!' | ' ') => 0.34,
        (Some(1), 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/') => 0.43,
        (Some(1), 'm' | 'w' | 'M' | 'W' | '@' | '%') => 0.95,
        (Some(1), 'A'..='Z') => 0.72,
        (Some(1), _) => 0.62,
        _ => 1.0,
    }
}

/// The width of a text in a fixed-width font.
pub(crate) fn mono(text: &str, size: f64) -> f64 {
    let em = |sign| match UnicodeWidthChar::width(sign) {
        None | Some(0) => 0.0,
        Some(1) => 0.61,
        Some(_) => 1.02,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// The text in at most `lines` lines of `width`; what does not fit gives way to `…`. Lines break after spaces and signs, in front of a
/// capital that follows a small letter, else anywhere.
pub(crate) fn wrap(text: &str, width: f64, lines: usize, measure: impl Fn(&str) -> f64) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if measure(rest) <= width {
            out.push(rest.to_owned());
            break;
        }
        if out.len() + 1 >= lines {
            out.push(shorten(rest, width, measure));
            break;
        }
        let fitting = fitting(rest, width, &measure);
        let at = last_break(&rest[..fitting], &rest[fitting..]);
        out.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    out
}

/// The text in one line of `width`, with `…` for what is left out.
pub(crate) fn shorten(text: &str, width: f64, measure: impl Fn(&str) -> f64) -> String {
    if measure(text) <= width {
        return text.to_owned();
    }
    let fitting = fitting(text, width - measure("…"), &measure);
    format!("{}…", text[..fitting].trim_end())
}

/// Returns the number of bytes of a text that fit: at least one sign.
fn fitting(text: &str, width: f64, measure: &impl Fn(&str) -> f64) -> usize {
    let mut taken = 0.0;
    let mut end = 0;
    for (at, sign) in text.char_indices() {
        let after = at + sign.len_utf8();
        taken += measure(&text[at..after]);
        if taken > width && at > 0 {
            break;
        }
        end = after;
    }
    end
}

/// Returns the position where a full line breaks: the last space past its first third, else the last sign there that ends a word, else its
/// end.
fn last_break(line: &str, rest: &str) -> usize {
    let signs: Vec<(usize, char)> = line.char_indices().collect();
    let next = rest.chars().next();
    let (mut space, mut word) = (None, None);
    for (place, &(at, sign)) in signs.iter().enumerate().skip(signs.len() / 3) {
        let end = at + sign.len_utf8();
        let following = signs.get(place + 1).map(|(_, sign)| *sign).or(next);
        if sign == ' ' || following == Some(' ') {
            space = Some(end);
        } else if matches!(sign, '_' | '-' | '/' | ',' | '.')
            || sign.is_lowercase() && following.is_some_and(char::is_uppercase)
        {
            word = Some((matches!(sign, '.' | ','), end)).max(word);
        }
    }
    space.or(word.map(|(_, end)| end)).unwrap_or(line.len())
}

/// Returns a text in XML, on one line: characters that XML does not have, or nobody sees, are there by number.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in visible(text).chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            sign => out.push(sign),
        }
    }
    out
}

/// A number with one decimal at most.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0").unwrap_or(&text) {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_columns(text: &str) -> f64 {
        f64::from(u32::try_from(columns(text)).unwrap())
    }

    #[test]
    fn korean_takes_two_columns() {
        assert_eq!(columns("결제 ok"), 7);
        assert!(sans("결제", 10.0) > sans("ok", 10.0) * 1.5);
    }

    #[test]
    fn names_break_where_a_reader_would() {
        let wrap = |text, width, lines| wrap(text, width, lines, by_columns);
        assert_eq!(wrap("ValidateTheOrder", 12.0, 2), ["ValidateThe", "Order"]);
        assert_eq!(wrap("wait for the answer", 10.0, 3), ["wait for", "the answer"]);
        assert_eq!(wrap("snake_case_name", 12.0, 2), ["snake_case_", "name"]);
        assert_eq!(wrap("주문 처리를 시작합니다", 12.0, 2), ["주문 처리를", "시작합니다"]);
        assert_eq!(wrap("aaaaaaaaaaaaaaaa", 6.0, 2), ["aaaaaa", "aaaaa…"]);
        assert_eq!(wrap("", 6.0, 2), [""; 0]);
        assert_eq!(wrap("$.a == 1 && $.b == 2", 12.0, 2), ["$.a == 1 &&", "$.b == 2"]);
    }

    #[test]
    fn a_width_of_nothing_still_ends() {
        assert_eq!(wrap("ab", 0.0, 3, by_columns), ["a", "b"]);
        assert_eq!(shorten("결제", 1.0, by_columns), "결…");
    }

    #[test]
    fn texts_are_well_formed_in_xml() {
        assert_eq!(escaped("a < b && \"c\"\n\u{0}>"), "a &lt; b &amp;&amp; &quot;c&quot; U+0000&gt;");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([12.0, 1.25, -0.01, -3.5].map(number), ["12", "1.2", "0", "-3.5"]);
    }
}
