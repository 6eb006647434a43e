//! `uncatchable-error`

use super::{Code, error_names::lists, page::Page, walk::Node};
use crate::{definition::WorkflowType, diagnostic::Diagnostic};

pub(super) const PAGE: Page = Page {
    what: "A retrier or catcher names `States.Runtime`.",
    why: "`States.Runtime` (a path that finds nothing, a result that cannot be placed) always fails the execution: no retrier and \
          no catcher sees it, neither by its name nor by `States.ALL`.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Catch": [{ "ErrorEquals": ["States.Runtime"], "Next": "Failed" }],
      "End": true
    },
    "Failed": { "Type": "Fail" }
  }
}"#,
    mended: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Catch": [{ "ErrorEquals": ["States.TaskFailed"], "Next": "Failed" }],
      "End": true
    },
    "Failed": { "Type": "Fail" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, findings: &mut Vec<Diagnostic>) {
    for (field, what, entries) in lists(node) {
        for (index, names) in entries.iter().enumerate() {
            for (place, name) in names.iter().enumerate() {
                if name == "States.Runtime" {
                    findings.push(
                        node.finding(
                            Code::UncatchableError,
                            &format!("/{field}/{index}/ErrorEquals/{place}"),
                            format!("`States.Runtime` always fails the execution: no {what} sees it"),
                        )
                        .help("ask with `IsPresent` in a Choice before, so that the path cannot fail"),
                    );
                }
            }
        }
    }
}
