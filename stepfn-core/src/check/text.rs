//! All checks over a definition in JSON text, with the line and column of each diagnostic.

use super::{Code, Options, check_read, over_limit};
use crate::{
    asl::{self, StateMachine},
    diagnostic::{Diagnostic, Edit, Label, Severity},
    flow::{self, Typing},
    json::{self, Document, JsonError, Span},
    sort,
};

/// A checked text: its machine, and its diagnostics.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The JSON with its places; none where the text is not JSON.
    pub document: Option<Document>,
    /// The machine, as far as it could be read.
    pub machine: StateMachine,
    /// The diagnostics, in the order of the text.
    pub diagnostics: Vec<Located>,
}

/// A diagnostic and its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The diagnostic.
    pub diagnostic: Diagnostic,
    /// Its place.
    pub span: Span,
    /// The places of the diagnostic's [labels](Diagnostic::labels), with what is to be seen there.
    pub labels: Vec<(Span, String)>,
}

impl Checked {
    /// Returns `true` if one of the diagnostics is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|found| found.diagnostic.severity == Severity::Error)
    }
}

/// Checks a definition in JSON text: its form, its rules and what flows through it.
///
/// Nothing is known of the types of tasks: a field that may be missing from what they answer is a warning at most. A text that is
/// not JSON is one diagnostic, [`Code::InvalidJson`].
///
/// ```
/// use stepfn_core::check::{self, Options};
///
/// let checked = check::check_text(
///     "{ \"StartAt\": \"Load\",\n  \"States\": { \"Load\": { \"Type\": \"Pass\", \"Next\": \"Stroe\" },\n  \"Store\": { \"Type\": \"Succeed\" } } }",
///     &Options::default(),
/// );
/// let first = &checked.diagnostics[0];
/// assert_eq!((first.diagnostic.code.name(), first.span.line, first.span.column), ("unknown-state", 2, 49));
/// ```
pub fn check_text(text: &str, options: &Options) -> Checked {
    let document = match json::parse(text) {
        Ok(document) => document,
        Err(error) => {
            return Checked {
                document: None,
                machine: StateMachine::default(),
                diagnostics: vec![not_json(text, error)],
            };
        }
    };
    let (machine, read) = asl::read_document(&document);
    let mut diagnostics = match over_limit::of_text(text, &document.value) {
        // What is too large is looked at no further.
        Some(diagnostic) => vec![diagnostic],
        None => {
            let mut diagnostics = check_read(&machine, read, options);
            diagnostics.extend(flow::analyse(&machine, &Typing::default()).diagnostics);
            diagnostics
        }
    };
    let locate = |diagnostic: Diagnostic| Located {
        span: place(&document, &diagnostic),
        labels: diagnostic.labels.iter().filter_map(|label| label_place(&document, label)).collect(),
        diagnostic,
    };
    let mut diagnostics: Vec<Located> = diagnostics.drain(..).map(locate).collect();
    sort::sort_by_key(&mut diagnostics, |found| found.span.range.start);
    Checked { document: Some(document), machine, diagnostics }
}

/// Where a diagnostic points: the key or the value, or the part of it that is meant, or the nearest value around.
fn place(document: &Document, diagnostic: &Diagnostic) -> Span {
    let at = &diagnostic.at;
    let span = match (diagnostic.on_key, diagnostic.range.clone()) {
        (true, Some(part)) => document.key_part_span(at, part),
        (true, None) => document.key_span(at),
        (false, Some(part)) => document.part_span(at, part),
        (false, None) => None,
    };
    span.unwrap_or_else(|| document.nearest_span(at))
}

fn label_place(document: &Document, label: &Label) -> Option<(Span, String)> {
    let span = if label.on_key { document.key_span(&label.at) } else { document.span(&label.at) };
    Some((span?, label.message.clone()))
}

fn not_json(text: &str, error: JsonError) -> Located {
    if let Some(start) = yaml(text) {
        let line = text[..start].matches('\n').count() + 1;
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        let diagnostic = Diagnostic::new(Code::InvalidJson, "", "this is YAML, and a definition is JSON")
            .help("convert it to JSON; where it is part of a template, check the definition alone");
        return Located { diagnostic, span: Span { range: start..end, line, column: 1 }, labels: Vec::new() };
    }
    let found = text.get(error.offset..).and_then(|rest| rest.chars().next());
    let end = error.offset + found.filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let diagnostic = Diagnostic::new(Code::InvalidJson, "", error.message).maybe_help(error.help);
    let span = Span { range: error.offset..end, line: error.line, column: error.column };
    let before = text.get(..error.offset).unwrap_or_default().trim_end();
    let diagnostic = match found {
        // A comma with nothing behind it.
        Some('}' | ']') if before.ends_with(',') => {
            diagnostic.fix(Edit::Text { range: before.len() - 1..before.len(), to: String::new() }, true)
        }
        _ => diagnostic,
    };
    Located { diagnostic, span, labels: Vec::new() }
}

/// Returns the start of the first line with content, if it is YAML's: `---`, `%YAML` or `Key:`.
fn yaml(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let said = line.trim_end();
        if said.is_empty() || said.starts_with('#') {
            start += line.len();
            continue;
        }
        let key = said.split_once(':').is_some_and(|(key, rest)| {
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
            key.starts_with(char::is_alphanumeric)
                && key.chars().all(plain)
                && (rest.is_empty() || rest.starts_with([' ', '\t']))
        });
        return (key || said == "---" || said.starts_with("%YAML")).then_some(start);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, usize, usize, String)> {
        let checked = check_text(text, &Options::default());
        let describe = |found: &Located| {
            let there = text[found.span.range.clone()].to_owned();
            (found.diagnostic.code.name(), found.span.line, found.span.column, there)
        };
        checked.diagnostics.iter().map(describe).collect()
    }

    #[test]
    fn diagnostics_stand_in_the_order_of_the_text() {
        let text = r#"{
  "States": {
    "한글": { "Type": "Pass", "Next": "끝이", "Nxt": 1 },
    "끝": { "Type": "Wait", "Seconds": "5", "End": true }
  },
  "StartAt": "한글"
}"#;
        assert_eq!(
            found(text),
            [
                ("unknown-state", 3, 37, "\"끝이\"".to_owned()),
                ("unknown-field", 3, 43, "\"Nxt\"".to_owned()),
                ("wrong-kind", 4, 39, "\"5\"".to_owned()),
            ]
        );
    }

    #[test]
    fn a_part_of_a_text_is_found_behind_escapes() {
        let text = r#"{ "StartAt": "A", "States": {
  "A": { "Type": "Pass", "ResultPath": "$.\u00e9\ud83d\ude00[*].한", "End": true } } }"#;
        assert_eq!(found(text), [("not-a-reference-path", 2, 61, "[*]".to_owned())]);
    }

    #[test]
    fn what_is_not_json_is_one_diagnostic() {
        for (text, line, column, message) in [
            ("", 1, 1, "found nothing"),
            ("{\n  \"a\": 1,\n}", 3, 1, "a comma before `}`"),
            ("{ \"a\": \"x", 1, 8, "not closed"),
            ("StartAt: Load\nStates:\n", 1, 1, "YAML"),
            ("# a machine\n\n---\nStartAt: Load\n", 3, 1, "YAML"),
            ("# only a comment", 1, 1, "no comments"),
            ("hello, world: x", 1, 1, "found `hello`"),
            ("http://x", 1, 1, "found `http`"),
        ] {
            let checked = check_text(text, &Options::default());
            let [found] = &checked.diagnostics[..] else { panic!("{text:?}: {:?}", checked.diagnostics) };
            assert_eq!(found.diagnostic.code, Code::InvalidJson);
            assert_eq!((found.span.line, found.span.column), (line, column), "{text:?}");
            assert!(found.diagnostic.message.contains(message), "{text:?}: {}", found.diagnostic.message);
            assert!(text.get(found.span.range.clone()).is_some(), "{text:?}");
        }
    }

    #[test]
    fn every_mutation_has_diagnostics_within_the_text() {
        let text = r#"{ "StartAt": "가", "States": {
  "가": { "Type": "Choice", "Choices": [{ "Variable": "$.\u00e9[*]", "IsNull": true, "Next": "B" }], "Default": "B" },
  "B": { "Type": "Pass", "Parameters": { "x.$": "States.Format('{}', $.\ud83d\ude00.y)" }, "End": true } } }"#;
        for (start, c) in text.char_indices() {
            let rest = &text[start + c.len_utf8()..];
            for replacement in ["", "\"", "\\", "}", "[", ",", "한", "\n", "7", "$"] {
                let mutated = format!("{}{replacement}{rest}", &text[..start]);
                let checked = check_text(&mutated, &Options::default());
                for found in &checked.diagnostics {
                    let there = mutated.get(found.span.range.clone());
                    assert!(there.is_some(), "{found:?} in {mutated}");
                    let before = &mutated[..found.span.range.start];
                    assert_eq!(found.span.line, before.matches('\n').count() + 1, "{mutated}");
                }
            }
        }
    }
}
