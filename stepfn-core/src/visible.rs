//! Characters that cannot be seen, or that change how others look: what is shown to people has them by number.

use std::borrow::Cow;

/// Returns `true` if a character shows as itself, in its place: no control character, no mark that turns the direction of what follows, no
/// line break of Unicode's, nothing that XML and YAML do not have.
pub fn is_visible(c: char) -> bool {
    !c.is_control()
        && !is_direction(c)
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Returns `true` if a character turns the direction of what follows: it could show a line as what it is not.
pub fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a text on one line, of visible characters alone: line breaks and tabs become blanks, others `U+202E` and the like.
///
/// ```
/// use stepfn_core::visible::visible;
/// assert_eq!(visible("total\u{202e}\n\u{1b}[1m"), "totalU+202E U+001B[1m");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_visible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_visible(c) => out.push(c),
            c => out.push_str(&format!("U+{:04X}", u32::from(c))),
        }
    }
    Cow::Owned(out)
}
