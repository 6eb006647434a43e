//! `${…}` in strings: where each one begins and ends, and strings with values in their place. What a name means is for whoever asks.

use std::ops::Range;

use crate::value::{Map, Value};

/// A part of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text between placeholders.
    Text(&'a str),
    /// A placeholder.
    Placeholder {
        /// The text between the braces, which may hold others: `self:custom.${sls:stage}`.
        name: &'a str,
        /// The placeholder with its braces.
        whole: &'a str,
    },
    /// A `${` without its brace, and everything behind it.
    Unclosed(&'a str),
}

/// Returns `true` if a text has a placeholder of a deployment tool: `${Name}`, `#{Name}`, `[!function[name]arn]`, `<name>`.
///
/// Nothing is known of such a text before it is filled in.
pub(crate) fn has_placeholder(text: &str) -> bool {
    text.contains("${") || text.contains("#{") || text.contains("[!") || text.contains("{{")
}

/// Returns the parts of a string, which give the string where they are put together.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find("${").unwrap_or(rest.len());
        if start > 0 {
            let (before, after) = rest.split_at(start);
            rest = after;
            return Some(Part::Text(before));
        }
        let inner = rest.get(2..)?;
        let Some((name, after)) =
            closing_brace(inner).and_then(|end| Some((inner.get(..end)?, inner.get(end + 1..)?)))
        else {
            return Some(Part::Unclosed(std::mem::take(&mut rest)));
        };
        let whole = rest.get(..name.len() + 3)?;
        rest = after;
        Some(Part::Placeholder { name, whole })
    })
}

/// Returns the position of the brace that closes a placeholder.
fn closing_brace(inner: &str) -> Option<usize> {
    let mut depth = 1_usize;
    let mut previous = ' ';
    for (index, c) in inner.char_indices() {
        match c {
            '{' if previous == '$' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
        previous = c;
    }
    None
}

/// Returns the name of a string that is one placeholder and nothing else.
pub fn only(text: &str) -> Option<&str> {
    match parts(text).next()? {
        Part::Placeholder { name, whole } if whole.len() == text.len() => Some(name),
        _ => None,
    }
}

/// Returns the places of the `${Name}`s of a JSON text that are outside of its strings: deployment tools put a number or an object there.
pub fn unquoted(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut found, mut at, mut in_string) = (Vec::new(), 0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'$' if !in_string && bytes.get(at + 1) == Some(&b'{') => {
                let name = bytes
                    .iter()
                    .skip(at + 2)
                    .take_while(|c| c.is_ascii_alphanumeric() || b"_.:-".contains(c));
                let end = at + 2 + name.count();
                if end > at + 2 && bytes.get(end) == Some(&b'}') {
                    found.push(at..end + 1);
                    at = end;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Puts values in the place of the [`unquoted`] placeholders whose names have one.
///
/// ```
/// use stepfn_core::placeholder::fill_unquoted;
///
/// let text = r#"{ "Seconds": ${Wait}, "Comment": "${Wait}", "Limit": ${Limit} }"#;
/// let filled = fill_unquoted(text, &|name| (name == "Wait").then(|| "5".to_owned()));
/// assert_eq!(filled, r#"{ "Seconds": 5, "Comment": "${Wait}", "Limit": ${Limit} }"#);
/// ```
pub fn fill_unquoted(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut at = 0;
    for range in unquoted(text) {
        let name = text.get(range.start + 2..range.end - 1).unwrap_or_default();
        if let Some(value) = value(name) {
            filled.push_str(text.get(at..range.start).unwrap_or_default());
            filled.push_str(&value);
            at = range.end;
        }
    }
    filled.push_str(text.get(at..).unwrap_or_default());
    filled
}

/// A JSON text with its [`unquoted`] placeholders in quotes: as definitions have them.
pub fn quote_unquoted(text: &str) -> String {
    fill_unquoted(text, &|name| Some(format!("\"${{{name}}}\"")))
}

/// The message about an [`unquoted`] placeholder without a value, if one is at this byte of a text.
pub fn without_value(text: &str, offset: usize) -> Option<String> {
    let range = unquoted(text).into_iter().find(|range| range.contains(&offset))?;
    let name = text.get(range.start + 2..range.end - 1)?;
    Some(format!("`${{{name}}}` has no value here; give it one: `--substitution {name}=5`"))
}

/// Puts values in the place of the placeholders whose names have one. A value is not read again; a placeholder without a value stays, with
/// the values of those inside of it.
pub fn fill<'v>(text: &str, value: &mut dyn FnMut(&str) -> Option<&'v str>) -> String {
    let closed = closed(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in closed {
        // Inside of one that has a value.
        if start < at {
            continue;
        }
        let name = text.get(start + 2..end).filter(|name| name.len() <= LONGEST_NAME);
        if let Some(value) = name.and_then(&mut *value) {
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str(value);
            at = end + 1;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The most bytes of a name that a value is looked up for: nested placeholders are as long as what is in them, and one after the other would cost
/// the square of a string.
const LONGEST_NAME: usize = 1024;

/// Returns where the placeholders of a string begin and which brace closes them, also inside of each other, in the order of their beginnings.
fn closed(text: &str) -> Vec<(usize, usize)> {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if index > 0 && bytes.get(index - 1) == Some(&b'$') => open.push(index - 1),
            b'}' => closed.extend(open.pop().map(|start| (start, index))),
            _ => {}
        }
    }
    closed.sort_unstable();
    closed
}

/// Returns a value whose strings with placeholders are replaced by what `text` makes of them; keys stay.
pub fn map_texts(value: &Value, text: &mut dyn FnMut(&str) -> String) -> Value {
    match value {
        Value::String(string) if string.contains("${") => text(string).into(),
        Value::Array(items) => Value::array(items.iter().map(|item| map_texts(item, text))),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), map_texts(value, text)));
            Value::from(members.collect::<Map>())
        }
        other => other.clone(),
    }
}

/// Returns `true` if the Serverless Framework takes `${name}` for its own: a source and its parameters or address, `file(x.yml):key`.
pub fn is_framework_variable(name: &str) -> bool {
    let source_end =
        name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(name.len());
    let (source, after) = name.split_at(source_end);
    source.starts_with(|c: char| c.is_ascii_lowercase())
        && (after.starts_with('(') || (after.starts_with(':') && !after.starts_with("::")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Part<'_>> {
        parts(text).collect()
    }

    #[test]
    fn parts_are_cut_at_the_braces_that_belong_together() {
        let placeholder = |name, whole| Part::Placeholder { name, whole };
        assert_eq!(read(""), []);
        assert_eq!(read("a"), [Part::Text("a")]);
        assert_eq!(
            read("é${A}${self:c.${d}}{}"),
            [
                Part::Text("é"),
                placeholder("A", "${A}"),
                placeholder("self:c.${d}", "${self:c.${d}}"),
                Part::Text("{}")
            ]
        );
        assert_eq!(read("a${b${c}"), [Part::Text("a"), Part::Unclosed("${b${c}")]);
        assert_eq!(read("$${}"), [Part::Text("$"), placeholder("", "${}")]);
    }

    #[test]
    fn one_placeholder_is_known_from_two() {
        assert_eq!(only("${Topic}"), Some("Topic"));
        for text in ["${A}-${B}", "${A}b", "a${B}", "${A", ""] {
            assert_eq!(only(text), None, "{text}");
        }
    }

    #[test]
    fn a_value_is_not_read_again() {
        let mut value = |name: &str| match name {
            "A" => Some("${B}"),
            "B" => Some("b"),
            _ => None,
        };
        assert_eq!(fill("${A} ${B} ${C.${B}} ${", &mut value), "${B} b ${C.b} ${");
        assert_eq!(fill("${C${B}", &mut value), "${Cb");
        let (open, nested) =
            ("${".repeat(100_000), format!("{}{}", "${".repeat(100_000), "}".repeat(100_000)));
        assert_eq!(fill(&open, &mut value), open);
        assert_eq!(fill(&nested, &mut value), nested);
    }
}
