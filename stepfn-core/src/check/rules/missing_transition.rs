//! `missing-transition`

use super::{Code, page::Page, walk::Node};
use crate::{
    asl::{WorkflowType, schema::fields},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The state has neither a next state nor an end.",
    why: "AWS refuses it: every state but Choice, Succeed and Fail has `Next` or `\"End\": true`. `\"End\": false` is not an \
          end.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": false }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let takes = fields(node.state.kind.name(), node.language).contains(&"Next");
    if !takes || node.state.next.is_some() || node.state.end == Some(true) {
        return;
    }
    diagnostics.push(if node.state.end == Some(false) {
        node.diagnostic(
            Code::MissingTransition,
            "/End",
            "`\"End\": false` without `Next`: the execution cannot go on",
        )
        .help("write `Next`, or `\"End\": true`")
    } else {
        node.diagnostic(Code::MissingTransition, "", "neither `Next` nor `End`: the execution cannot go on")
            .on_key()
            .help("write `Next`, or `\"End\": true`")
    });
}
