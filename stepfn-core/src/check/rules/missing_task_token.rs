//! `missing-task-token`

use super::{
    Code,
    page::Page,
    texts::templates,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{QueryLanguage, StateKind, WorkflowType},
    diagnostic::{Diagnostic, Severity},
    intrinsic::Call,
    path::{Path, Root, SegmentKind},
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The task waits for a callback, and its parameters do not pass the task token on.",
    why: "`.waitForTaskToken` holds the execution until somebody calls `SendTaskSuccess` or `SendTaskFailure` with the token. \
          Nobody can, unless the token goes out with the request: the task can only run into its timeout, after a year \
          where there is none.",
    failing: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "TimeoutSeconds": 3600,
      "Parameters": {
        "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
        "MessageBody": { "order.$": "$.order" }
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
      "TimeoutSeconds": 3600,
      "Parameters": {
        "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
        "MessageBody": { "order.$": "$.order", "token.$": "$$.Task.Token" }
      },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// Returns `true` if the state is a Task that waits for a callback by a token.
pub(super) fn waits_for_token(node: &Node<'_>) -> bool {
    let StateKind::Task(task) = &node.state.kind else { return false };
    task.resource.as_str().is_some_and(|arn| arn.ends_with(".waitForTaskToken"))
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if !waits_for_token(node) || input_has_token(node) {
        return;
    }
    let field = match node.language {
        QueryLanguage::JsonPath => "Parameters",
        QueryLanguage::Jsonata => "Arguments",
    };
    let sent = templates(node).into_iter().find(|(below, _)| below.trim_start_matches('/') == field);
    if sent.as_ref().is_some_and(|(_, template)| passes(template, node.language)) {
        return;
    }
    let help = match node.language {
        QueryLanguage::JsonPath => "put `\"TaskToken.$\": \"$$.Task.Token\"` into what the task is sent",
        QueryLanguage::Jsonata => {
            "put `\"TaskToken\": \"{% $states.context.Task.Token %}\"` into what the task is sent"
        }
    };
    let (below, message) = match sent {
        Some((below, _)) => (
            below,
            "it waits for a task token, and what it sends holds none: it can only time out".to_owned(),
        ),
        None => (
            "/Resource".into(),
            "it waits for a task token and passes none on: it can only time out".to_owned(),
        ),
    };
    let mut diagnostic = node.diagnostic(Code::MissingTaskToken, &below, message);
    if let StateKind::Task(task) = &node.state.kind
        && (task.heartbeat_seconds.is_some() || task.heartbeat_seconds_path.is_some())
    {
        // A heartbeat that nobody can send makes the task a timer, which may be meant.
        diagnostic.severity = Severity::Warning;
    }
    diagnostics.push(diagnostic.help(help));
}

/// Returns `true` if `InputPath` makes the context object, and the token with it, what the parameters read.
fn input_has_token(node: &Node<'_>) -> bool {
    let path = node.state.input_path.as_ref().and_then(|path| path.as_str());
    path.is_some_and(|path| has_placeholder(path) || Path::parse(path).is_ok_and(|path| selects_token(&path)))
}

fn passes(template: &Value, language: QueryLanguage) -> bool {
    match (template, language) {
        (Value::Object(map), QueryLanguage::JsonPath) => map.iter().any(|(key, value)| match value {
            Value::String(text) if key.ends_with(".$") => has_placeholder(text) || reads_token(text),
            value => passes(value, language),
        }),
        (Value::Object(map), QueryLanguage::Jsonata) => map.values().any(|value| passes(value, language)),
        (Value::Array(items), _) => items.iter().any(|item| passes(item, language)),
        // Expressions are not read: whatever speaks of the context may pass the token on.
        (Value::String(text), QueryLanguage::Jsonata) => {
            text.starts_with("{%")
                && (text.contains("$states.context") || text.contains("$states ") || has_placeholder(text))
        }
        _ => false,
    }
}

fn reads_token(text: &str) -> bool {
    if text.starts_with('$') {
        // What cannot be read has a diagnostic of its own.
        return Path::parse_lenient(text).map_or(true, |(path, _)| selects_token(&path));
    }
    Call::parse_lenient(text).map_or(true, |(call, _)| call.paths().any(|(path, _)| selects_token(path)))
}

/// Returns `true` if a path selects the token, or something that holds it: `$$.Task.Token`, `$$.Task`, `$$`, `$$..Token`.
fn selects_token(path: &Path) -> bool {
    let on_the_way = path.segments.iter().zip(["Task", "Token"]).all(|(segment, name)| match &segment.kind {
        SegmentKind::Name(found) => found == name,
        _ => true,
    });
    path.root == Root::Context && on_the_way
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    fn found(fields: &str) -> Vec<String> {
        let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
        codes(&format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", "TimeoutSeconds": 9, {fields}, "End": true }} }} }}"#
        ))
    }

    #[test]
    fn the_token_may_go_out_in_many_ways() {
        for fields in [
            r#""Parameters": { "QueueUrl": "q", "MessageBody": [{ "b.$": "$$.Task.Token" }] }"#,
            r#""Parameters": { "QueueUrl": "q", "MessageBody.$": "States.Format('{}', $$.Task.Token)" }"#,
            r#""Parameters": { "QueueUrl": "q", "MessageBody.$": "$$" }"#,
            r#""Parameters": { "QueueUrl": "q", "MessageBody.$": "$$['Task']" }"#,
            r#""Parameters": { "QueueUrl": "q", "MessageBody.$": "${Token}" }"#,
            r#""InputPath": "$$", "Parameters": { "QueueUrl": "q", "MessageBody.$": "$.Task" }"#,
            r#""QueryLanguage": "JSONata", "Arguments": { "QueueUrl": "q", "MessageBody": "{% $states.context.Task.Token %}" }"#,
        ] {
            assert_eq!(found(fields), [""; 0], "{fields}");
        }
    }

    #[test]
    fn other_texts_are_no_token() {
        for (fields, at) in [
            (r#""Parameters": { "a": "$$.Task.Token " }"#, "/Parameters"),
            (r#""Parameters": { "a.$": "$$.Execution.Id" }"#, "/Parameters"),
            (r#""ResultPath": "$.a""#, "/Resource"),
            (r#""QueryLanguage": "JSONata", "Arguments": { "a": "{% $states.input %}" }"#, "/Arguments"),
        ] {
            assert!(found(fields).contains(&format!("missing-task-token /States/A{at}")), "{fields}");
        }
    }
}
