//! `unknown-error-name`

use super::{Code, error_names::lists, page::Page, walk::Walk};
use crate::{
    asl::{StateKind, WorkflowType},
    diagnostic::{Diagnostic, Subject},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A retrier or catcher names an error of the `States.` family that Step Functions does not have.",
    why: "Names with `States.` are the service's own. AWS accepts the definition, and the entry never matches. Names are \
          compared letter by letter, capitals included.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Retry": [{ "ErrorEquals": ["States.TimeOut"] }],
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
      "Retry": [{ "ErrorEquals": ["States.Timeout"] }],
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// The errors that Step Functions reports itself.
pub const ERROR_NAMES: &[&str] = &[
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

pub(super) fn check(walk: &Walk<'_>, diagnostics: &mut Vec<Diagnostic>) {
    // Against the rule, a Fail state can make up such a name.
    let made_up: Vec<&str> = walk
        .nodes()
        .filter_map(|node| match &node.state.kind {
            StateKind::Fail(fail) => fail.error.as_deref(),
            _ => None,
        })
        .collect();
    for node in walk.nodes() {
        for (field, _, entries) in lists(node) {
            for (index, names) in entries.iter().enumerate() {
                for (place, name) in names.iter().enumerate() {
                    let family = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("States."));
                    // `States.Http.StatusCode.404` and its like have no end.
                    let known = ERROR_NAMES.contains(&name.as_str()) || name.starts_with("States.Http.");
                    if !family || known || made_up.contains(&name.as_str()) {
                        continue;
                    }
                    diagnostics.push(
                        node.diagnostic(
                            Code::UnknownErrorName,
                            &format!("/{field}/{index}/ErrorEquals/{place}"),
                            format!("Step Functions has no error `{name}`"),
                        )
                        .subject(Subject::Error(name.clone()))
                        .did_you_mean(name, ERROR_NAMES.iter().copied()),
                    );
                }
            }
        }
    }
}
