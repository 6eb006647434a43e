//! `invalid-path`

use super::{
    Code,
    page::Page,
    texts::{Text, Want},
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{WorkflowType, schema::PathKind},
    diagnostic::{Diagnostic, Severity},
    path::{Filter, FilterOperand, Path, Segment, SegmentKind},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The text is not a JSONPath that Step Functions understands.",
    why: "AWS refuses the definition. A path starts with `$` (the input), `$$` (the context object) or `$name` (a variable); \
          names with blanks or other signs are written in brackets and quotes: `$['first name']`. Functions such as `.length()` \
          and filter operators other than `== != < <= > >=` are not supported; use an intrinsic function.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "InputPath": "$.order[", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "InputPath": "$.order", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// The path in a text, if it is one.
pub(super) fn path(text: &Text<'_>) -> Option<Path> {
    if !text.is_path() || has_placeholder(text.text) {
        return None;
    }
    Path::parse_lenient(text.text).ok().map(|(path, _)| path)
}

/// The number of diagnostics about one path: each shows all of it.
const MOST_DIAGNOSTICS: usize = 16;

pub(super) fn check(node: &Node<'_>, texts: &[Text<'_>], diagnostics: &mut Vec<Diagnostic>) {
    for text in texts {
        if !text.is_path() || has_placeholder(text.text) {
            continue;
        }
        let diagnostic = |message: &str| {
            let message = format!("`{}`: `{}`: {message}", text.field, text.text);
            node.diagnostic(Code::InvalidPath, &text.below, message)
        };
        let before = diagnostics.len();
        match Path::parse_lenient(text.text) {
            Err(error) => {
                let help = match text.want {
                    Want::Path(PathKind::Any | PathKind::Reference | PathKind::Target)
                        if text.text.starts_with("{%") =>
                    {
                        Some("`{% %}` is JSONata: give the state `\"QueryLanguage\": \"JSONata\"`".to_owned())
                    }
                    _ => error.help,
                };
                diagnostics.push(diagnostic(&error.message).range(error.span).maybe_help(help));
            }
            Ok((path, forgiven)) => {
                for error in forgiven.into_iter().take(MOST_DIAGNOSTICS) {
                    let mut diagnostic = diagnostic(&error.message).range(error.span).maybe_help(error.help);
                    // AWS takes such a definition all the same.
                    diagnostic.severity = Severity::Warning;
                    diagnostics.push(diagnostic);
                }
                unsupported(&path.segments, &mut |message, segment, help| {
                    if diagnostics.len() >= before + MOST_DIAGNOSTICS {
                        return;
                    }
                    let mut diagnostic = diagnostic(&message).range(segment.span.clone()).help(help);
                    diagnostic.severity = Severity::Warning;
                    diagnostics.push(diagnostic);
                });
            }
        }
    }
}

/// Reports syntax that the path library of Step Functions can read, but AWS does not promise.
fn unsupported(segments: &[Segment], report: &mut impl FnMut(String, &Segment, &str)) {
    for segment in segments {
        let kind = match &segment.kind {
            SegmentKind::Descend(kind) => kind,
            kind => kind,
        };
        match kind {
            SegmentKind::Function(name) => {
                let help = if name == "length" {
                    "write `States.ArrayLength(...)` in a `.$` field"
                } else {
                    "use an intrinsic function in a `.$` field"
                };
                report(format!("the function `{name}()` is not supported in paths"), segment, help);
            }
            SegmentKind::Filter(filter) => operators(filter, &mut |symbol| {
                report(
                    format!("the filter operator `{symbol}` is not supported"),
                    segment,
                    "use `==`, `!=`, `<`, `<=`, `>` or `>=`",
                );
            }),
            _ => {}
        }
    }
}

fn operators(filter: &Filter, report: &mut impl FnMut(&'static str)) {
    match filter {
        Filter::Or(filters) | Filter::And(filters) => {
            filters.iter().for_each(|filter| operators(filter, report));
        }
        Filter::Not(filter) => operators(filter, report),
        Filter::Compare { left: _, op, right } => {
            if !op.is_supported() || matches!(right, FilterOperand::Regex(_)) {
                report(op.symbol());
            }
        }
        Filter::Exists(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{diagnostics, lines};

    /// Each diagnostic shows the path: thousands of slips in one would take the square of its length.
    #[test]
    fn one_path_has_a_few_diagnostics_at_most() {
        for path in [
            "$.x".to_owned() + &".length()".repeat(5_000),
            "$.x".to_owned() + &"[?(@.a =~ /b/)]".repeat(5_000),
        ] {
            let found = diagnostics(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Pass", "InputPath": "{path}", "End": true }} }} }}"#
            ));
            let about: usize = found.iter().map(|diagnostic| diagnostic.message.len()).sum();
            assert!(!found.is_empty() && about < 20 * path.len(), "{} diagnostics", found.len());
        }
    }

    #[test]
    fn every_field_that_holds_a_path_is_parsed() {
        let found = lines(
            r#"{ "StartAt": "Do", "States": {
                "Do": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "InputPath": "order",
                    "Parameters": { "QueueUrl": "q", "MessageBody": [{ "b.$": "$.x[" }] }, "TimeoutSecondsPath": "$.t t", "Next": "Pick" },
                "Pick": { "Type": "Choice", "Default": "Fail", "Choices": [
                    { "Not": { "Variable": "x", "StringEqualsPath": "$..", "Comment": "" }, "Next": "Fail" }] },
                "Fail": { "Type": "Fail", "CausePath": "$.${Name}", "ErrorPath": "oops" } } }"#,
        );
        assert_eq!(
            found,
            [
                "invalid-path /States/Do/InputPath: state `Do`: `InputPath`: `order`: a path starts with `$` (write `$.order` \
                 for the member of that name)",
                "invalid-path /States/Do/Parameters/MessageBody/0/b.$: state `Do`: `b.$`: `$.x[`: this `[` is never closed (write the \
                 missing `]`)",
                "invalid-path /States/Do/TimeoutSecondsPath: state `Do`: `TimeoutSecondsPath`: `$.t t`: a blank in the name \
                 `t t` needs brackets (write `['t t']`)",
                "invalid-path /States/Pick/Choices/0/Not/Variable: state `Pick`: `Variable`: `x`: a path starts with `$` \
                 (write `$.x` for the member of that name)",
                "invalid-path /States/Pick/Choices/0/Not/StringEqualsPath: state `Pick`: `StringEqualsPath`: `$..`: the path \
                 ends with `..` (write a name, `*` or brackets after it)",
                "invalid-path /States/Fail/ErrorPath: state `Fail`: `ErrorPath`: `oops`: a path starts with `$` (write \
                 `$.oops` for the member of that name)",
            ]
        );
    }

    #[test]
    fn the_range_is_that_of_the_slip() {
        let found = diagnostics(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "InputPath": "$.a.b c", "End": true } } }"#,
        );
        assert_eq!(found[0].range, Some(4..7));
    }

    #[test]
    fn what_aws_does_not_promise_is_a_warning() {
        let found = diagnostics(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "InputPath": "$.a.length()",
                "OutputPath": "$.b[?(@.c =~ /x/)]", "End": true } } }"#,
        );
        let found: Vec<_> = found
            .iter()
            .map(|diagnostic| format!("{} {}", diagnostic.severity, diagnostic.message))
            .collect();
        assert_eq!(
            found,
            [
                "warning state `A`: `InputPath`: `$.a.length()`: the function `length()` is not supported in paths",
                "warning state `A`: `OutputPath`: `$.b[?(@.c =~ /x/)]`: the filter operator `=~` is not supported",
            ]
        );
    }
}
