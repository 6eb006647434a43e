use std::borrow::Cow;

use super::escape;
use crate::{
    placeholder::{self, Part},
    value::Value,
};

/// A literal as an argument of a function: a string in quotes, anything else as JSON.
///
/// In the template of `States.Format` (`is_template`) braces are placeholders, and `\{` and `\}` are braces.
pub fn argument(value: &Value, is_template: bool) -> String {
    match value.as_str() {
        None => value.to_string(),
        Some(text) if !is_template => format!("'{}'", escape_around_placeholders(text)),
        Some(text) => {
            let mut out = String::from("'");
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '\'' => out.push_str("\\'"),
                    '\\' if matches!(chars.peek(), Some('{' | '}')) => {
                        out.push('\\');
                        out.extend(chars.next());
                    }
                    '\\' => out.push_str("\\\\"),
                    c => out.push(c),
                }
            }
            out.push('\'');
            out
        }
    }
}

/// Escapes a text but for the `${Name}`s in it, which a deployment tool puts something in the place of.
fn escape_around_placeholders(text: &str) -> String {
    let parts = placeholder::parts(text).map(|part| match part {
        Part::Text(text) | Part::Unclosed(text) => Cow::Owned(escape(text)),
        Part::Placeholder { whole, .. } => Cow::Borrowed(whole),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_templates_keep_their_braces() {
        for (text, plain, template) in [
            ("a", "'a'", "'a'"),
            ("it's", r"'it\'s'", r"'it\'s'"),
            ("{}", r"'\{\}'", "'{}'"),
            (r"\{\}", r"'\\\{\\\}'", r"'\{\}'"),
            (r"a\b", r"'a\\b'", r"'a\\b'"),
        ] {
            assert_eq!(argument(&text.into(), false), plain);
            assert_eq!(argument(&text.into(), true), template);
        }
        assert_eq!(argument(&Value::Null, false), "null");
        assert_eq!(argument(&"{a} ${Topic} ${".into(), false), r"'\{a\} ${Topic} $\{'");
    }
}
