//! `retry-values`

use super::{
    Code,
    numbers::{self, known},
    page::Page,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Subject},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A retrier has a number out of bounds, or an unknown `JitterStrategy`.",
    why: "AWS refuses it. `IntervalSeconds` is a whole number from 1, `MaxAttempts` from 0 (never) to 99999999, `BackoffRate` is \
          1.0 or more, `MaxDelaySeconds` is more than `IntervalSeconds` and at most 31622400 (a year), `JitterStrategy` is \
          `FULL` or `NONE`.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Retry": [{ "ErrorEquals": ["States.ALL"], "BackoffRate": 0.5 }],
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
      "Retry": [{ "ErrorEquals": ["States.ALL"], "BackoffRate": 1.5 }],
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

const JITTER: [&str; 2] = ["FULL", "NONE"];

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    numbers::check(node, "Retrier", Code::RetryValues, diagnostics);
    for (index, retrier) in node.state.retry.iter().flatten().enumerate() {
        let at = |field: &str| format!("/Retry/{index}/{field}");
        if let (Some(interval), Some(delay)) =
            (known(retrier.interval_seconds.as_ref()), known(retrier.max_delay_seconds.as_ref()))
            && delay <= interval
        {
            diagnostics.push(
                node.diagnostic(
                    Code::RetryValues,
                    &at("MaxDelaySeconds"),
                    format!("`MaxDelaySeconds` ({delay}) must be more than `IntervalSeconds` ({interval})"),
                )
                .label(format!("{}{}", node.at, at("IntervalSeconds")), "the first interval")
                .help("it is the longest interval that the backoff grows to"),
            );
        }
        if let Some(strategy) = &retrier.jitter_strategy
            && !JITTER.contains(&strategy.as_str())
            && !has_placeholder(strategy)
        {
            diagnostics.push(
                node.diagnostic(
                    Code::RetryValues,
                    &at("JitterStrategy"),
                    format!("`JitterStrategy` must be `FULL` or `NONE`, found `{strategy}`"),
                )
                .subject(Subject::Word(strategy.clone()))
                .did_you_mean(strategy, JITTER),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn bounds_are_aws_bounds() {
        let retry = |fields: &str| {
            lines(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
                    "Retry": [{{ "ErrorEquals": ["States.ALL"], {fields} }}], "End": true }} }} }}"#
            ))
        };
        for fields in [
            r#""IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 2, "JitterStrategy": "FULL""#,
            r#""MaxAttempts": 99999999, "BackoffRate": 1.5, "MaxDelaySeconds": 31622400"#,
            r#""MaxAttempts": "${Attempts}", "JitterStrategy": "${Jitter}""#,
        ] {
            assert_eq!(retry(fields), [""; 0], "{fields}");
        }
        for (fields, message) in [
            (
                r#""IntervalSeconds": 0"#,
                "`IntervalSeconds` must be a whole number from 1 to 99999999, found `0`",
            ),
            (r#""MaxAttempts": -1"#, "`MaxAttempts` must be a whole number from 0 to 99999999, found `-1`"),
            (r#""MaxAttempts": 1.5"#, "`MaxAttempts` must be a whole number from 0 to 99999999, found `1.5`"),
            (r#""BackoffRate": 0.99"#, "`BackoffRate` must be a number of 1 or more, found `0.99`"),
            (
                r#""IntervalSeconds": 5, "MaxDelaySeconds": 5"#,
                "`MaxDelaySeconds` (5) must be more than `IntervalSeconds` (5) (it is the longest interval that the backoff \
                 grows to)",
            ),
            (
                r#""JitterStrategy": "FUL""#,
                "`JitterStrategy` must be `FULL` or `NONE`, found `FUL` (did you mean `FULL`?)",
            ),
        ] {
            let found = retry(fields);
            assert!(
                found.len() == 1 && found[0].ends_with(&format!("state `A`: {message}")),
                "{fields}: {found:?}"
            );
        }
    }
}
