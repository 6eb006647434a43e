//! `not-a-reference-path`

use super::{
    Code, invalid_path,
    page::Page,
    texts::{Text, Want},
    walk::Node,
};
use crate::{
    asl::{WorkflowType, schema::PathKind},
    diagnostic::Diagnostic,
    path::SegmentKind,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The field takes a Reference Path, one that names a single node, and this path may select many.",
    why: "AWS refuses it. `ResultPath`, `ItemsPath` and the `...Path` fields that hold one value take names and single \
          indexes only: `$.orders[0].id`, without `*`, `..`, `?()`, `,` and `:`.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 1, "ResultPath": "$.orders[*].loaded", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 1, "ResultPath": "$.orders[0].loaded", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, texts: &[Text<'_>], diagnostics: &mut Vec<Diagnostic>) {
    for text in texts {
        if !matches!(
            text.want,
            Want::Path(PathKind::Reference | PathKind::Target | PathKind::ReferenceOrIntrinsic)
        ) {
            continue;
        }
        let Some(path) = invalid_path::path(text) else { continue };
        let Some(segment) = path.reference_violation() else { continue };
        // A function has a diagnostic of its own.
        if matches!(segment.kind, SegmentKind::Function(_)) {
            continue;
        }
        let written = path.as_str().get(segment.span.clone()).unwrap_or_default();
        let message = format!(
            "`{}`: `{}` is no reference path: `{written}` may select more than one node",
            text.field, text.text
        );
        let help = if text.want == Want::Path(PathKind::Target) {
            "write names and single indexes only, such as `$.result`"
        } else {
            "write names and single indexes only; select before, in a Pass state's `Parameters`"
        };
        diagnostics.push(
            node.diagnostic(Code::NotAReferencePath, &text.below, message)
                .range(segment.span.clone())
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn paths_that_only_read_may_select_many() {
        let found = codes(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Pass", "InputPath": "$.a[*]", "Parameters": { "b.$": "$..c" }, "OutputPath": "$[1:]",
                    "Next": "B" },
                "B": { "Type": "Wait", "SecondsPath": "$.a[0,1]", "Next": "C" },
                "C": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "Catch": [
                    { "ErrorEquals": ["States.ALL"], "ResultPath": "$..e", "Next": "D" }], "End": true },
                "D": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "not-a-reference-path /States/B/SecondsPath",
                "not-a-reference-path /States/C/Catch/0/ResultPath"
            ]
        );
    }
}
