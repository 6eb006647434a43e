//! The texts of a definition that may name a field, and names that are near each other.

use crate::{diagnostic::nearest, value::Value};

/// The texts that can name a field: all that may be a path or an expression, but where results are written to.
pub(super) fn path_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text)
            if text.starts_with('$') || text.starts_with("States.") || text.contains("{%") =>
        {
            texts.push(text.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| path_texts(item, texts)),
        Value::Object(fields) => {
            for (_, value) in fields.iter().filter(|(key, _)| &***key != "ResultPath") {
                path_texts(value, texts);
            }
        }
        _ => {}
    }
}

pub(super) fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// Returns `true` if a text has a name in it, as a word.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Returns `true` if one name may be meant for the other: by a slip, or where one is the other with something before or behind.
pub(super) fn is_near(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    a != b && (nearest(a, [b]).is_some() || short.chars().count() > 3 && is_part(short, long))
}

/// Returns `true` if a name is a part of another one, between words: `timer` of `renamed_timer`, `result` of `resultOfAll`.
fn is_part(part: &str, whole: &str) -> bool {
    let lower = |text: &str| text.to_ascii_lowercase();
    let (small, large) = (lower(part), lower(whole));
    large.match_indices(&small).any(|(start, _)| {
        let (Some(before), Some(after)) = (whole.get(..start), whole.get(start + part.len()..)) else {
            return false;
        };
        let starts = before.is_empty()
            || !before.ends_with(char::is_alphanumeric)
            || whole[start..].starts_with(char::is_uppercase);
        let ends =
            after.is_empty() || !after.starts_with(|sign: char| sign.is_lowercase() || sign.is_numeric());
        starts && ends
    })
}
