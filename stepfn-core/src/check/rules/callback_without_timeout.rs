//! `callback-without-timeout`

use super::{Code, missing_task_token::waits_for_token, page::Page, walk::Walk};
use crate::{
    asl::{StateKind, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A task waits for a callback, and nothing limits how long.",
    why: "AWS accepts it. When the callback never comes, because a message was lost or nobody answered, the execution stays open \
          for a year. A timeout on the task gives `States.Timeout`, which a `Catch` can take.",
    failing: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "Parameters": {
        "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
        "MessageBody": { "token.$": "$$.Task.Token" }
      },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "TimeoutSeconds": 86400,
      "Parameters": {
        "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
        "MessageBody": { "token.$": "$$.Task.Token" }
      },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(walk: &Walk<'_>, diagnostics: &mut Vec<Diagnostic>) {
    // A timeout of the whole execution limits the task too.
    if walk.scopes.first().is_some_and(|scope| scope.machine.timeout_seconds.is_some()) {
        return;
    }
    // An Express workflow cannot wait for one at all.
    let scopes = walk.scopes.iter().filter(|scope| scope.workflow_type == WorkflowType::Standard);
    for node in scopes.flat_map(|scope| &scope.nodes) {
        let StateKind::Task(task) = &node.state.kind else { continue };
        let limited = task.timeout_seconds.is_some()
            || task.timeout_seconds_path.is_some()
            || task.heartbeat_seconds.is_some()
            || task.heartbeat_seconds_path.is_some();
        if waits_for_token(node) && !limited {
            diagnostics.push(
                node.diagnostic(
                    Code::CallbackWithoutTimeout,
                    "/Resource",
                    "it waits for a callback without a timeout: one that never comes holds the execution for a year",
                )
                .help("write `TimeoutSeconds` or `HeartbeatSeconds`"),
            );
        }
    }
}
