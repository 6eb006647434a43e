//! `unknown-service`

use super::{
    Code,
    page::Page,
    service_task::{integration, part},
    walk::Node,
};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Severity, Subject, nearest},
    service::services,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task names a service that does not exist.",
    why: "AWS refuses it. The tables can be older than AWS: a name that is near no other is a warning.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqss:sendMessage",
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
    let Some(named) = integration(node).filter(|named| named.known().is_none()) else { return };
    let services = services(named.sdk);
    if services.contains(&named.service) {
        return;
    }
    let kind = if named.sdk { "`aws-sdk:` has no service" } else { "there is no optimised integration of" };
    let message = format!("{kind} `{}`", named.service);
    let near = nearest(named.service, services.iter().copied());
    let mut diagnostic = node.diagnostic(Code::UnknownService, "/Resource", message);
    if near.is_none() {
        diagnostic.severity = Severity::Warning;
    }
    let diagnostic = diagnostic.subject(Subject::Service(named.service.to_owned()));
    diagnostics.push(diagnostic.did_you_mean_in(
        part(node, named.service),
        named.service,
        services.iter().copied(),
    ));
}

#[cfg(test)]
mod tests {
    use crate::{check::testing::diagnostics, diagnostic::Severity};

    #[test]
    fn what_is_certain_is_an_error() {
        for (resource, parameters, severity) in [
            ("arn:aws:states:::lamda:invoke", r#""#, Some(Severity::Error)),
            ("arn:aws:states:::aws-sdk:quantumtoaster:make", r#""#, Some(Severity::Warning)),
            ("arn:aws:states:::aws-sdk:sfn:listExecutions", r#""StateMachineArn": "a""#, None),
        ] {
            let found = diagnostics(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", "Parameters": {{ {parameters} }}, "End": true }} }} }}"#
            ));
            let own = found.iter().find(|found| found.code.name() == "unknown-service");
            assert_eq!(own.map(|found| found.severity), severity, "{resource}: {found:?}");
        }
    }
}
