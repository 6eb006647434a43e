//! `fail-fields`

use super::{Code, page::Page, walk::Node};
use crate::{
    asl::{StateKind, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Fail state has both `Error` and `ErrorPath`, or both `Cause` and `CausePath`.",
    why: "AWS refuses it: the text is either written out or read from the input.",
    failing: r#"{
  "StartAt": "Failed",
  "States": {
    "Failed": { "Type": "Fail", "Error": "OutOfStock", "ErrorPath": "$.error" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Failed",
  "States": {
    "Failed": { "Type": "Fail", "ErrorPath": "$.error" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Fail(fail) = &node.state.kind else { return };
    for (field, text, path) in
        [("Error", &fail.error, &fail.error_path), ("Cause", &fail.cause, &fail.cause_path)]
    {
        if text.is_some() && path.is_some() {
            diagnostics.push(
                node.diagnostic(
                    Code::FailFields,
                    &format!("/{field}Path"),
                    format!("it has both `{field}` and `{field}Path`"),
                )
                .on_key()
                .help("keep one of the two"),
            );
        }
    }
}
