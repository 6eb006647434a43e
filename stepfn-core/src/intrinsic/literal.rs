//! The inside of string literals: escapes and the template of `States.Format`.

use std::fmt;

use super::IntrinsicError;
use crate::path::cursor::Cursor;

/// A text as the body of a string literal: `'`, `{`, `}` and `\` escaped.
///
/// ```
/// use stepfn_core::intrinsic::escape;
///
/// assert_eq!(escape(r#"it's {"a":1}"#), r#"it\'s \{"a":1\}"#);
/// ```
pub fn escape(literal: &str) -> String {
    let mut text = String::with_capacity(literal.len());
    for c in literal.chars() {
        if "'{}\\".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// A part of the template of `States.Format`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FormatPart {
    /// Text that stays, without escapes.
    Text(String),
    /// `{}`.
    Placeholder,
}

impl fmt::Display for FormatPart {
    /// Writes the part as in a literal, with its escapes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&escape(text)),
            Self::Placeholder => f.write_str("{}"),
        }
    }
}

/// Cuts the template of `States.Format` into its parts: the body of a literal with its escapes
/// still in place, or a template that a path gave.
///
/// ```
/// use stepfn_core::intrinsic::{FormatPart, format_parts};
///
/// let parts = format_parts(r"\{{}\}")?;
/// let text = |text: &str| FormatPart::Text(text.to_owned());
/// assert_eq!(parts, [text("{"), FormatPart::Placeholder, text("}")]);
/// # Ok::<(), stepfn_core::intrinsic::IntrinsicError>(())
/// ```
///
/// # Errors
///
/// When a `{` or `}` is neither escaped nor part of `{}`: AWS accepts such a definition and fails
/// the execution with `matching '}' not found for '{'`. The span is relative to `template`.
pub fn format_parts(template: &str) -> Result<Vec<FormatPart>, IntrinsicError> {
    let mut cursor = Cursor::new(template);
    let mut parts = Vec::new();
    let mut text = String::new();
    loop {
        if cursor.eat("{}") {
            if !text.is_empty() {
                parts.push(FormatPart::Text(std::mem::take(&mut text)));
            }
            parts.push(FormatPart::Placeholder);
            continue;
        }
        let span = cursor.next_range();
        match cursor.bump() {
            None => break,
            Some('\\') => text.push(cursor.bump().unwrap_or('\\')),
            Some(brace @ ('{' | '}')) => {
                return Err(IntrinsicError::new(format!("a `{brace}` that is no part of `{{}}`"), span)
                    .help(format!("write `\\{brace}` for the character")));
            }
            Some(c) => text.push(c),
        }
    }
    if !text.is_empty() {
        parts.push(FormatPart::Text(text));
    }
    Ok(parts)
}
