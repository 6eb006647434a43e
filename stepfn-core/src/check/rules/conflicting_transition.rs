//! `conflicting-transition`

use super::{Code, page::Page, walk::Node};
use crate::{
    asl::{WorkflowType, schema::fields},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The state has both `Next` and `\"End\": true`.",
    why: "AWS refuses it: the execution either goes on or ends.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Store", "End": true },
    "Store": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Store" },
    "Store": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let takes = fields(node.state.kind.name(), node.language).contains(&"Next");
    if let (true, Some(next), Some(true)) = (takes, &node.state.next, node.state.end) {
        diagnostics.push(
            node.diagnostic(
                Code::ConflictingTransition,
                "/End",
                format!("it has both `End` and `Next`, which leads to `{next}`"),
            )
            .on_key()
            .label_on_key(format!("{}/Next", node.at), "it goes on here")
            .help("keep one of the two"),
        );
    }
}
