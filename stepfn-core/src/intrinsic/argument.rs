use super::escape;
use crate::value::Value;

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
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        out.push_str(&escape(&rest[..start]));
        out.push_str(&rest[start..=start + length]);
        rest = &rest[start + length + 1..];
    }
    out.push_str(&escape(rest));
    out
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
