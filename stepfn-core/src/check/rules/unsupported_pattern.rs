//! `unsupported-pattern`

use super::{Code, page::Page, service_task::integration, walk::Node};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Severity},
    service::{Integration, actions},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task asks for a way to wait that the integration does not support.",
    why: "AWS refuses it.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.sync",
      "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "order.$": "$.order" } },
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
      "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "order.$": "$.order" } },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(named) = integration(node) else { return };
    let Some(action) = named.known() else { return };
    if action.patterns.contains(&named.pattern) {
        return;
    }
    let message =
        format!("`{}:{}` does not support `{}`", named.service, named.action, named.pattern.suffix());
    let others: Vec<String> = action
        .patterns
        .iter()
        .map(|pattern| pattern.suffix())
        .filter(|suffix| !suffix.is_empty())
        .map(|suffix| format!("`{suffix}`"))
        .collect();
    let help = match &others[..] {
        [] => "write it without an ending".to_owned(),
        others => format!("write it without an ending, or with {}", others.join(" or ")),
    };
    let mut diagnostic = node.diagnostic(Code::UnsupportedPattern, "/Resource", message).help(help);
    // Which services support a pattern at all AWS lists; for which of their actions is less certain.
    let elsewhere = |other: &str| {
        let of_service = Integration { action: other, ..named };
        of_service.known().is_some_and(|action| action.patterns.contains(&named.pattern))
    };
    if !named.sdk && actions(false, named.service).into_iter().any(elsewhere) {
        diagnostic.severity = Severity::Warning;
    }
    diagnostics.push(diagnostic);
}

#[cfg(test)]
mod tests {
    use crate::{check::testing::diagnostics, diagnostic::Severity};

    #[test]
    fn what_is_certain_is_an_error() {
        for (resource, parameters, severity) in [
            ("arn:aws:states:::sns:publish.sync", r#""Message": "a""#, Some(Severity::Error)),
            (
                "arn:aws:states:::aws-sdk:batch:submitJob.sync",
                r#""JobName": "a", "JobQueue": "b", "JobDefinition": "c""#,
                Some(Severity::Error),
            ),
            (
                "arn:aws:states:::athena:getQueryResults.sync",
                r#""QueryExecutionId": "a""#,
                Some(Severity::Warning),
            ),
            ("arn:aws:states:::states:startExecution.sync:2", r#""StateMachineArn": "a""#, None),
        ] {
            let found = diagnostics(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", "Parameters": {{ {parameters} }}, "End": true }} }} }}"#
            ));
            let own = found.iter().find(|found| found.code.name() == "unsupported-pattern");
            assert_eq!(own.map(|found| found.severity), severity, "{resource}: {found:?}");
        }
    }
}
