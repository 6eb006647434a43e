//! The errors of a text that is not JSON, in the words of AWS's JSON reader, Jackson.
//!
//! ```
//! use stepfn_core::{json, validate::jackson};
//!
//! let text = "{'not': 'json'";
//! let error = json::parse(text).unwrap_err();
//! assert_eq!(
//!     jackson::message(text, &error),
//!     "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
//! );
//! assert_eq!(jackson::source(text, &error), r#"[Source: (String)"{'not': 'json'"; line: 1, column: 3]"#);
//! ```

use crate::json::JsonError;

const VALUE: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
/// The number of characters of a text that are quoted.
const QUOTED: usize = 500;

/// The name that Jackson gives a source that it does not quote.
const REDACTED: &str = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";

/// Returns Jackson's message.
pub fn message(text: &str, error: &JsonError) -> String {
    worded(text, error, &|at| place(text, at))
}

/// Returns the message and the position, as the newer Jackson behind `States.StringToJson` has them: the text is not quoted, and a character
/// that is refused is named by its own place.
///
/// ```
/// use stepfn_core::{json, validate::jackson};
///
/// let text = "{bad json}";
/// let error = json::parse_value(text).unwrap_err();
/// assert_eq!(
///     jackson::redacted(text, &error),
///     "Unexpected character ('b' (code 98)): was expecting double-quote to start field name\n at [Source: REDACTED \
///      (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]",
/// );
/// ```
pub fn redacted(text: &str, error: &JsonError) -> String {
    let place = |at| {
        let (line, column) = line_and_column(text, at);
        format!("[Source: {REDACTED}; line: {line}, column: {column}]")
    };
    let message = worded(text, error, &place);
    let behind = token(text, error.offset).map_or(0, str::len);
    format!("{message}\n at {}", place(error.offset + behind))
}

fn worded(text: &str, error: &JsonError, place: &dyn Fn(usize) -> String) -> String {
    let rest = text.get(error.offset..).unwrap_or_default();
    let Some(found) = rest.chars().next() else {
        return match innermost(text) {
            Some((what, at)) => {
                let start = place(at);
                format!("Unexpected end-of-input: expected close marker for {what} (start marker at {start})")
            }
            None => "No content to map due to end-of-input".to_owned(),
        };
    };
    let word = word(rest);
    match expectation(text, error.offset) {
        Expected::Value if !word.is_empty() => format!("Unrecognized token '{word}': was expecting {VALUE}"),
        expected => {
            let shown = described(found);
            if let (Some((what, at)), '}' | ']') =
                (innermost(text.get(..error.offset).unwrap_or(text)), found)
                && matches!(expected, Expected::Comma(_) | Expected::Key)
            {
                let close = if what == "Object" { '}' } else { ']' };
                let start = place(at);
                if found != close {
                    return format!(
                        "Unexpected close marker '{found}': expected '{close}' (for {what} starting at {start})"
                    );
                }
            }
            let wanted = match expected {
                // What begins a value is refused for nothing but its depth, for which Jackson has another bound.
                Expected::Value if matches!(found, '[' | '{') => return error.message.clone(),
                Expected::Value => {
                    return format!("Unexpected character ({shown}): expected a valid value {VALUE}");
                }
                Expected::Key => "double-quote to start field name",
                Expected::Colon => "a colon to separate field name and value",
                Expected::Comma(what) => {
                    return format!(
                        "Unexpected character ({shown}): was expecting comma to separate {what} entries"
                    );
                }
            };
            format!("Unexpected character ({shown}): was expecting {wanted}")
        }
    }
}

/// A character as Jackson names it (`ParserMinimalBase._getCharDesc`).
fn described(c: char) -> String {
    let code = u32::from(c);
    match code {
        _ if c.is_control() => format!("(CTRL-CHAR, code {code})"),
        256.. => format!("'{c}' (code {code} / 0x{code:x})"),
        _ => format!("'{c}' (code {code})"),
    }
}

/// Returns the position that Jackson reports: behind the token or the character that it refused.
pub fn source(text: &str, error: &JsonError) -> String {
    let found = text.get(error.offset..).and_then(|rest| rest.chars().next());
    let taken = token(text, error.offset).map_or(found.map_or(0, char::len_utf8), str::len);
    place(text, error.offset + taken)
}

/// Returns the word in the place of a value, which Jackson has read to its end.
fn token(text: &str, offset: usize) -> Option<&str> {
    let word = word(text.get(offset..).unwrap_or_default());
    (!word.is_empty() && matches!(expectation(text, offset), Expected::Value)).then_some(word)
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1)
}

fn place(text: &str, offset: usize) -> String {
    let (line, column) = line_and_column(text, offset);
    let quoted: String = text.chars().take(QUOTED).collect();
    let more = text.chars().count().saturating_sub(QUOTED);
    let more = if more > 0 { format!("[truncated {more} chars]") } else { String::new() };
    format!("[Source: (String)\"{quoted}\"{more}; line: {line}, column: {column}]")
}

/// The letters at the start of a text.
fn word(text: &str) -> &str {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    if !text.starts_with(|c: char| letter(c) && !c.is_ascii_digit()) {
        return "";
    }
    let end = text.find(|c: char| !letter(c)).unwrap_or(text.len());
    &text[..end]
}

enum Expected {
    Value,
    Key,
    Colon,
    Comma(&'static str),
}

/// Returns what must come next, given the text before it.
fn expectation(text: &str, offset: usize) -> Expected {
    let before = text.get(..offset).unwrap_or(text).trim_end();
    let open = innermost(before).map(|(what, _)| what);
    match (before.chars().next_back(), open) {
        (None | Some(':' | '['), _) => Expected::Value,
        (Some('{'), _) | (Some(','), Some("Object")) => Expected::Key,
        (Some(','), _) => Expected::Value,
        (Some('"'), Some("Object")) if is_key(before) => Expected::Colon,
        (_, Some(what)) => Expected::Comma(what),
        (_, None) => Expected::Value,
    }
}

/// Returns `true` if a text inside an object ends with a key: a string behind `{` or `,`.
fn is_key(before: &str) -> bool {
    let mut start = None;
    scan(before, |at, c, inside| {
        if c == '"' && !inside {
            start = Some(at);
        }
    });
    start.is_some_and(|start| before[..start].trim_end().ends_with(['{', ',']))
}

/// The innermost object or array that is still open, and where it starts.
fn innermost(text: &str) -> Option<(&'static str, usize)> {
    let mut open = Vec::new();
    scan(text, |at, c, inside| match c {
        _ if inside => {}
        '{' => open.push(("Object", at)),
        '[' => open.push(("Array", at)),
        '}' | ']' => {
            open.pop();
        }
        _ => {}
    });
    // Jackson has read the mark before it notes its position.
    open.pop()
}

/// Passes on each character, and whether it is inside a string.
fn scan(text: &str, mut see: impl FnMut(usize, char, bool)) {
    let (mut inside, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        see(at, c, inside);
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn slips_are_worded_as_jackson_words_them() {
        for (text, message, place) in [
            (
                "not a definition",
                "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                "line: 1, column: 4]",
            ),
            (
                "{\"a\": x}",
                "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                "line: 1, column: 8]",
            ),
            (
                "{\"a\" 1}",
                "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
                "line: 1, column: 7]",
            ),
            (
                "{\"a\": 1\n \"b\": 2}",
                "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
                "line: 2, column: 3]",
            ),
            (
                "[1 2]",
                "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
                "line: 1, column: 5]",
            ),
            (
                "{\"a\": 1]",
                "Unexpected close marker ']': expected '}' (for Object starting at [Source: (String)\"{\"a\": 1]\"; line: 1, column: 1])",
                "line: 1, column: 9]",
            ),
            (
                "{\u{201c}a\u{201d}: 1}",
                "Unexpected character ('\u{201c}' (code 8220 / 0x201c)): was expecting double-quote to start field name",
                "line: 1, column: 3]",
            ),
            (
                "[1, \u{7f}]",
                "Unexpected character ((CTRL-CHAR, code 127)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                "line: 1, column: 6]",
            ),
            (
                "{\"a\": 1,}",
                "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
                "line: 1, column: 10]",
            ),
        ] {
            let error = json::parse(text).unwrap_err();
            assert_eq!(super::message(text, &error), message, "{text}");
            let source = source(text, &error);
            assert!(source.ends_with(place), "{text}: {source}");
        }
        let open = "{\"a\": [1";
        let error = json::parse(open).unwrap_err();
        assert_eq!(
            message(open, &error),
            "Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)\"{\"a\": [1\"; line: 1, column: 7])"
        );
    }
}
