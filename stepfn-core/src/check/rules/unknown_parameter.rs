//! `unknown-parameter`

use super::{
    Code,
    page::Page,
    service_task::parameters,
    walk::{Node, below, has_placeholder},
};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Severity, Subject, nearest},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task gives a parameter that the action does not have.",
    why: "AWS refuses it: names are in PascalCase, whatever the API writes. The table can be older than AWS: a name that is near no other \
          is a warning.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "order.$": "$.order" }, "DelaySecond": 5 },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "order.$": "$.order" }, "DelaySeconds": 5 },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let all = parameters(node);
    let objects =
        all.iter().flat_map(|parameters| parameters.objects.iter().map(move |given| (parameters, given)));
    for (parameters, given) in objects {
        let title = &parameters.named;
        for key in given.map.keys().filter(|key| !has_placeholder(key)) {
            let name = parameters.bare(key);
            if given.members.iter().any(|member| member.is_named(name)) {
                continue;
            }
            let names: Vec<&str> = given.members.iter().map(|member| &*member.name).collect();
            let message = format!("`{title}` has no parameter `{}{name}`", given.path);
            let mut diagnostic = node.diagnostic(Code::UnknownParameter, &below(&given.at, key), message);
            if nearest(name, names.iter().copied()).is_none() && !given.members.is_empty() {
                diagnostic.severity = Severity::Warning;
            }
            let diagnostic = diagnostic.on_key().subject(Subject::Parameter(name.to_owned()));
            diagnostics.push(diagnostic.did_you_mean(name, names.iter().copied()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{check::testing::diagnostics, diagnostic::Severity};

    #[test]
    fn what_is_certain_is_an_error() {
        for (resource, parameters, severity) in [
            ("arn:aws:states:::lambda:invoke", r#""FunctionName": "f", "payload": 1"#, Some(Severity::Error)),
            ("arn:aws:states:::lambda:invoke", r#""FunctionName": "f", "Fried": 1"#, Some(Severity::Warning)),
            ("arn:aws:states:::aws-sdk:s3:getObject", r#""bucket": "b", "Key": "k""#, Some(Severity::Error)),
            ("arn:aws:states:::events:putEvents", r#""Entries": [{ "Sorce": "s" }]"#, Some(Severity::Error)),
            (
                "arn:aws:states:::aws-sdk:dynamodb:putItem",
                r#""TableName": "t", "Item": { "anything": { "s": "a" } }"#,
                Some(Severity::Error),
            ),
            (
                "arn:aws:states:::aws-sdk:dynamodb:putItem",
                r#""TableName": "t", "Item": { "anything": { "S.$": "$.a" } }"#,
                None,
            ),
            (
                "arn:aws:states:::lambda:invoke",
                r#""FunctionName": "f", "Payload": { "any": { "thing": 1 } }"#,
                None,
            ),
            (
                "arn:aws:states:::aws-sdk:organizations:leaveOrganization",
                r#""Now": true"#,
                Some(Severity::Error),
            ),
            ("arn:aws:states:::aws-sdk:rds:describeDBInstances", r#""DbInstanceIdentifier": "d""#, None),
        ] {
            let found = diagnostics(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", "Parameters": {{ {parameters} }}, "End": true }} }} }}"#
            ));
            let own = found.iter().find(|found| found.code.name() == "unknown-parameter");
            assert_eq!(own.map(|found| found.severity), severity, "{resource}: {found:?}");
        }
    }
}
