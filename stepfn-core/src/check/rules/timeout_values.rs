//! `timeout-values`

use super::{
    Code,
    numbers::{self, breach, known, range},
    page::Page,
    walk::{Node, Scope},
};
use crate::{
    asl::{StateKind, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A timeout or heartbeat is out of bounds, given twice, or the heartbeat is not below the timeout.",
    why: "AWS refuses it. `TimeoutSeconds` and `HeartbeatSeconds` are whole numbers from 1 to 99999999, the heartbeat is the smaller one, and neither is given together with its `...Path`.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "TimeoutSeconds": 60,
      "HeartbeatSeconds": 60,
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "TimeoutSeconds": 60,
      "HeartbeatSeconds": 20,
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check_machine(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let field = "TimeoutSeconds";
    let breach = range("StateMachine", field)
        .zip(scope.machine.timeout_seconds.as_ref())
        .and_then(|(range, amount)| breach(field, range, amount));
    diagnostics
        .extend(breach.map(|message| {
            scope.diagnostic(Code::TimeoutValues, "/TimeoutSeconds", &format!(": {message}"))
        }));
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Task(task) = &node.state.kind else { return };
    numbers::check(node, "Task", Code::TimeoutValues, diagnostics);
    for (field, amount, path) in [
        ("TimeoutSeconds", &task.timeout_seconds, &task.timeout_seconds_path),
        ("HeartbeatSeconds", &task.heartbeat_seconds, &task.heartbeat_seconds_path),
    ] {
        if amount.is_some() && path.is_some() {
            diagnostics.push(
                node.diagnostic(
                    Code::TimeoutValues,
                    &format!("/{field}Path"),
                    format!("it has both `{field}` and `{field}Path`"),
                )
                .on_key()
                .help("keep one of the two"),
            );
        }
    }
    if let (Some(timeout), Some(heartbeat)) =
        (known(task.timeout_seconds.as_ref()), known(task.heartbeat_seconds.as_ref()))
        && heartbeat >= timeout
    {
        diagnostics.push(
            node.diagnostic(
                Code::TimeoutValues,
                "/HeartbeatSeconds",
                format!("`HeartbeatSeconds` ({heartbeat}) must be less than `TimeoutSeconds` ({timeout})"),
            )
            .help("the heartbeat is the time in which the task must report that it is alive"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn bounds_and_twins() {
        let found = lines(
            r#"{ "StartAt": "A", "TimeoutSeconds": 0, "States": {
                "A": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "TimeoutSeconds": -5,
                    "HeartbeatSeconds": "${Beat}", "HeartbeatSecondsPath": "$.beat", "End": true } } }"#,
        );
        assert_eq!(
            found,
            [
                "timeout-values /TimeoutSeconds: the state machine: `TimeoutSeconds` must be a whole number from 1 to \
                 99999999, found `0`",
                "timeout-values /States/A/TimeoutSeconds: state `A`: `TimeoutSeconds` must be a whole number from 1 to \
                 99999999, found `-5`",
                "timeout-values /States/A/HeartbeatSecondsPath: state `A`: it has both `HeartbeatSeconds` and \
                 `HeartbeatSecondsPath` (keep one of the two)",
            ]
        );
    }
}
