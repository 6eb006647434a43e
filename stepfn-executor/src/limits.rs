//! The lengths of what AWS's API takes (AWS, "API reference").

use std::sync::Arc;

/// The most characters of an error's name.
pub(crate) const ERROR: usize = 256;
/// The most characters of a cause.
pub(crate) const CAUSE: usize = 32_768;

/// Whether a text has no more characters than that.
pub(crate) fn fits(text: &str, most: usize) -> bool {
    text.len() <= most || text.chars().nth(most).is_none()
}

/// The text, or its first characters.
pub(crate) fn cut(text: Arc<str>, most: usize) -> Arc<str> {
    if text.len() <= most {
        return text;
    }
    match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or_default().into(),
        None => text,
    }
}
