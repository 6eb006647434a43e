//! Texts as JavaScript sees them: UTF-16.

use std::cmp::Ordering;

use stepfn_core::json::write_text;

/// The text as JSON, as `JSON.stringify` writes it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_text(text, &mut out);
    out
}

/// Compares by UTF-16 units, as JavaScript does: that differs from the order of code points beyond U+D7FF.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    if left.is_ascii() || right.is_ascii() {
        return left.cmp(right);
    }
    left.encode_utf16().cmp(right.encode_utf16())
}

/// The units of a text.
pub(crate) fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// The text of units; half of a pair is U+FFFD.
pub(crate) fn of_units(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

/// Returns whether the text is that of an index of an array in JavaScript, which come first among an object's keys.
pub(crate) fn as_index(key: &str) -> Option<u32> {
    let first = key.as_bytes().first()?;
    if !first.is_ascii_digit() || (*first == b'0' && key.len() > 1) {
        return None;
    }
    if !key.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    key.parse::<u32>().ok().filter(|index| *index < u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_units() {
        assert_eq!(compare("a", "b"), Ordering::Less);
        // U+FF5E is one unit above those of any pair.
        assert_eq!(compare("\u{ff5e}", "\u{1f600}"), Ordering::Greater);
    }

    #[test]
    fn indices() {
        assert_eq!(as_index("10"), Some(10));
        assert_eq!(
            (as_index("01"), as_index("1a"), as_index(""), as_index("4294967295")),
            (None, None, None, None)
        );
    }
}
