//! `${…}` in strings, and what each one belongs to. Each format writes them in its own way.

use std::borrow::Cow;

use indexmap::IndexMap;
use stepfn_core::{
    definition::Reference,
    placeholder::{self, Part, is_framework_variable},
};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Literal(&'a str),
    /// CloudFormation's: a substitution of the definition, or `${AWS::Region}` and its like.
    Reference(Cow<'a, Reference>),
    /// `${self:service}`: a variable of the Serverless Framework, whole.
    Framework(&'a str),
    /// Neither: the text between the braces stays as it is.
    Foreign(&'a str),
    /// A `${` without its brace, and all that follows.
    Unclosed(&'a str),
}

/// `${Stage}`: the stage that is deployed. Every format has a word for it.
const STAGE: &str = "Stage";

/// The names that every deployment knows.
const OF_A_DEPLOYMENT: [(&str, &str); 2] = [("Region", "AWS::Region"), ("Account", "AWS::AccountId")];

/// Cuts a text at its `${…}`.
pub(crate) fn split<'a>(text: &'a str, substitutions: &'a IndexMap<String, Reference>) -> Vec<Piece<'a>> {
    let piece = |part| match part {
        Part::Text(text) => Piece::Literal(text),
        Part::Unclosed(text) => Piece::Unclosed(text),
        Part::Placeholder { name, whole } => {
            if let Some(reference) = substitutions.get(name) {
                Piece::Reference(Cow::Borrowed(reference))
            } else if name.starts_with("AWS::") {
                Piece::Reference(Cow::Owned(Reference::Ref(name.to_owned())))
            } else if let Some((_, id)) = OF_A_DEPLOYMENT.iter().find(|(known, _)| *known == name) {
                Piece::Reference(Cow::Owned(Reference::Ref((*id).to_owned())))
            } else if name == STAGE {
                Piece::Framework("${sls:stage}")
            } else if is_framework_variable(name) {
                Piece::Framework(whole)
            } else {
                Piece::Foreign(name)
            }
        }
    };
    placeholder::parts(text).map(piece).collect()
}

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
