use std::fmt::Write as _;

use stepfn_core::visible::is_visible;

/// The text on one line: plain where every reader takes it for this very text, else quoted.
pub(super) fn inline(text: &str) -> String {
    let is_visible = text.chars().all(is_printable);
    if is_visible && is_plain(text) {
        text.to_owned()
    } else if !is_visible || (text.contains('\'') && !text.contains(['"', '\\'])) {
        double_quoted(text)
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Returns the header and the lines of a literal block, for a text of several lines that can be one.
///
/// Blank lines at the start or at the end, and lines of blanks, have rules of their own there: such texts are quoted.
pub(super) fn block_lines(text: &str) -> Option<(&'static str, Vec<&str>)> {
    let (header, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let fits = text.contains('\n')
        && !body.starts_with(char::is_whitespace)
        && !body.ends_with('\n')
        && !body.is_empty()
        && body.split('\n').all(|line| line.is_empty() || !line.trim().is_empty())
        && body.chars().all(|c| c == '\n' || is_printable(c));
    fits.then(|| (header, body.split('\n').collect()))
}

/// Returns `true` if the character can be in YAML as itself, on one line and visibly.
fn is_printable(c: char) -> bool {
    is_visible(c)
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let structural = "-?:,[]{}#&*!|>'\"%@`=~<+.".contains(first)
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    !structural && !is_word_with_meaning(text) && !may_be_number_or_time(text)
}

/// Null and booleans, of YAML 1.1 (`yes`, `off`) as well as 1.2.
fn is_word_with_meaning(text: &str) -> bool {
    ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// Numbers of every base, dates, times and `12:30:45`: whatever starts with a digit and goes on with nothing else than
/// they are made of. A needless quote is still right.
fn may_be_number_or_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_hexdigit() || "xXoO_+-.:,tTzZ ".contains(c))
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => {
                // Writing to a String cannot fail.
                let _ = match u32::from(c) {
                    code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
    out
}
