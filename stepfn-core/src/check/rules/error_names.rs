//! `error-names`

use super::{Code, page::Page, walk::Node};
use crate::{asl::WorkflowType, diagnostic::Diagnostic};

pub(in crate::check) const PAGE: Page = Page {
    what: "`States.ALL` is beside other names, or in a retrier or catcher that is not the last.",
    why: "AWS refuses it. `States.ALL` matches any error, so a name beside it has no effect, and entries after it would never be tried.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Retry": [
        { "ErrorEquals": ["States.ALL"], "MaxAttempts": 2 },
        { "ErrorEquals": ["States.Timeout"], "MaxAttempts": 0 }
      ],
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
      "Retry": [
        { "ErrorEquals": ["States.Timeout"], "MaxAttempts": 0 },
        { "ErrorEquals": ["States.ALL"], "MaxAttempts": 2 }
      ],
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// The `ErrorEquals` of a state's retriers and catchers: the field, how to call one, the names.
pub(super) fn lists<'m>(node: &Node<'m>) -> [(&'static str, &'static str, Vec<&'m [String]>); 2] {
    let state = node.state;
    [
        ("Retry", "retrier", state.retry.iter().flatten().map(|retrier| &*retrier.error_equals).collect()),
        ("Catch", "catcher", state.catch.iter().flatten().map(|catcher| &*catcher.error_equals).collect()),
    ]
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (field, what, entries) in lists(node) {
        for (index, names) in entries.iter().enumerate() {
            let Some(place) = names.iter().position(|name| name == "States.ALL") else { continue };
            let below = format!("/{field}/{index}/ErrorEquals");
            if names.len() > 1 {
                diagnostics.push(
                    node.diagnostic(
                        Code::ErrorNames,
                        &format!("{below}/{place}"),
                        "`States.ALL` must be alone: it matches what the names beside it match",
                    )
                    .help(format!(
                        "remove the other names, or give `States.ALL` a {what} of its own at the end"
                    )),
                );
            }
            if index + 1 < entries.len() {
                diagnostics.push(
                    node.diagnostic(
                        Code::ErrorNames,
                        &format!("{below}/{place}"),
                        format!(
                            "`States.ALL` must be in the last {what}: the ones after it would match nothing"
                        ),
                    )
                    .help(format!("move this {what} to the end of `{field}`")),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn all_is_alone_and_last_in_each_list() {
        let found = codes(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
                    "Retry": [{ "ErrorEquals": ["States.ALL", "My.Error"] }],
                    "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "B" },
                        { "ErrorEquals": ["My.Error"], "Next": "B" }] },
                "B": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            ["error-names /States/A/Retry/0/ErrorEquals/0", "error-names /States/A/Catch/0/ErrorEquals/0"]
        );
    }
}
