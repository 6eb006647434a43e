//! `${…}` in strings, and what each one belongs to. Each format writes them in its own way.

pub(crate) use stepfn_core::deployment::{Piece, split};
use stepfn_core::placeholder::{self, Part};

/// The beginning of CloudFormation's dynamic references: it puts a secret or a parameter in the place of `{{resolve:ssm:…}}`, wherever that
/// is in a template, after its functions are done.
const DYNAMIC: &str = "{{resolve:";

/// Returns `true` if CloudFormation would put something else in the place of the text.
pub(crate) fn has_dynamic_reference(text: &str) -> bool {
    text.contains(DYNAMIC)
}

/// A JSON text in which CloudFormation sees no dynamic reference, and whoever reads JSON sees the same texts.
pub(crate) fn without_dynamic_references(json: &str) -> String {
    json.replace(DYNAMIC, "\\u007b{resolve:")
}

/// Returns the text between the braces of each `${…}` of a string.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let name = |part| match part {
        Part::Placeholder { name, .. } => Some(name),
        _ => None,
    };
    placeholder::parts(text).filter_map(name).collect()
}

/// A variable of the Serverless Framework, for formats that have to ask for its value themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable<'a> {
    /// Words that name it: `custom.table` is `["table"]`.
    pub(crate) words: Vec<&'a str>,
    /// The value that the Framework takes where the source has none, if it is a plain text.
    pub(crate) default: Option<&'a str>,
}

/// Reads `${self:custom.table, 'orders'}`.
pub(crate) fn variable(text: &str) -> Variable<'_> {
    let inner = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let (address, fallback) = match inner.split_once(',') {
        Some((address, fallback)) if !address.contains("${") => (address, Some(fallback.trim())),
        _ => (inner, None),
    };
    let words = address.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<&str> = words.collect();
    // A service's own values need no source; everything else keeps its own.
    if let ["self" | "sls", rest @ ..] = words.as_slice()
        && !rest.is_empty()
    {
        let rest = match rest {
            ["provider" | "custom", rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        words = rest.to_vec();
    }
    let quoted =
        |text: &'_ str, quote: char| text.len() >= 2 && text.starts_with(quote) && text.ends_with(quote);
    let default = fallback.and_then(|text| {
        let is_text = quoted(text, '\'') || quoted(text, '"');
        is_text.then(|| &text[1..text.len() - 1])
    });
    Variable { words, default }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_by_its_address() {
        for (text, words, default) in [
            ("${self:service}", &["service"][..], None),
            ("${self:provider.stage}", &["stage"], None),
            ("${sls:stage}", &["stage"], None),
            ("${self:custom.table.name}", &["table", "name"], None),
            ("${opt:stage, 'dev'}", &["opt", "stage"], Some("dev")),
            ("${env:TOKEN, self:custom.token}", &["env", "TOKEN"], None),
            ("${file(a.yml):b}", &["file", "a", "yml", "b"], None),
        ] {
            assert_eq!(variable(text), Variable { words: words.to_vec(), default }, "{text}");
        }
    }

    #[test]
    fn names_are_what_stands_between_braces() {
        assert_eq!(names("a ${B} ${self:c.${d}} ${"), ["B", "self:c.${d}"]);
    }
}
