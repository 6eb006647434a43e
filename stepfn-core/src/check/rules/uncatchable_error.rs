//! `uncatchable-error`

use super::{Code, error_names::lists, page::Page, walk::Node};
use crate::{asl::WorkflowType, diagnostic::Diagnostic};

pub(in crate::check) const PAGE: Page = Page {
    what: "A retrier or catcher names `States.Runtime`, or an error that AWS reports as that.",
    why: "`States.Runtime` (a path that finds nothing, a Choice without a match, an intrinsic function that refuses its arguments) \
          always fails the execution: no retrier and no catcher sees it, neither by its name nor by `States.ALL`. \
          `States.NoChoiceMatched`, `States.IntrinsicFailure` and `States.ParameterPathFailure` are in AWS's guide, but such failures are reported as `States.Runtime`.",
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
    fixed: r#"{
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

/// Errors of the guide that recordings show as `States.Runtime`, and what to do instead of handling them.
const AS_RUNTIME: [(&str, &str); 3] = [
    ("States.NoChoiceMatched", "give the Choice a `Default`"),
    ("States.IntrinsicFailure", "ask in a Choice before for what the function takes"),
    ("States.ParameterPathFailure", "ask with `IsPresent` in a Choice before, so that the path cannot fail"),
];

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (field, what, entries) in lists(node) {
        for (index, names) in entries.iter().enumerate() {
            for (place, name) in names.iter().enumerate() {
                let (message, help) = match name.as_str() {
                    "States.Runtime" => (
                        format!("`States.Runtime` always fails the execution: no {what} sees it"),
                        "ask with `IsPresent` in a Choice before, so that the path cannot fail",
                    ),
                    name => match AS_RUNTIME.iter().find(|(known, _)| *known == name) {
                        Some((_, help)) => {
                            (format!("AWS reports `{name}` as `States.Runtime`, which no {what} sees"), *help)
                        }
                        None => continue,
                    },
                };
                let at = format!("/{field}/{index}/ErrorEquals/{place}");
                diagnostics.push(node.diagnostic(Code::UncatchableError, &at, message).help(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn what_aws_reports_as_runtime_errors_is_not_caught_by_the_names_of_its_guide() {
        for name in ["States.NoChoiceMatched", "States.IntrinsicFailure", "States.ParameterPathFailure"] {
            let found = messages(&format!(
                r#"{{ "StartAt": "A", "States": {{
                    "A": {{ "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
                        "Catch": [{{ "ErrorEquals": ["{name}"], "Next": "B" }}] }},
                    "B": {{ "Type": "Succeed" }} }} }}"#
            ));
            let expected = format!(
                "uncatchable-error /States/A/Catch/0/ErrorEquals/0: state `A`: AWS reports `{name}` as `States.Runtime`"
            );
            assert!(found.len() == 1 && found[0].starts_with(&expected), "{found:?}");
        }
    }
}
