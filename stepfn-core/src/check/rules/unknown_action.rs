//! `unknown-action`

use super::{
    Code,
    page::Page,
    service_task::{integration, part},
    walk::Node,
};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Severity, Subject, nearest},
    service::actions,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task names an action that the service does not have.",
    why: "AWS refuses it. An optimised integration has only some of its service's actions, `aws-sdk:` has all. An action that `aws-sdk:` may have got since the table was made is a warning.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMesage",
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
    let actions = actions(named.sdk, named.service);
    // An unknown service has a diagnostic of its own; of letters in the middle of a name the SDK has its own mind.
    let same = |action: &&str| {
        let first = |text: &str| text.bytes().next();
        action.eq_ignore_ascii_case(named.action) && first(action) == first(named.action)
    };
    if actions.is_empty() || actions.iter().any(same) {
        return;
    }
    let near = nearest(named.action, actions.iter().copied());
    let prefix = if named.sdk { "aws-sdk:" } else { "" };
    let message = format!("`{prefix}{}` has no action `{}`", named.service, named.action);
    let mut diagnostic = node
        .diagnostic(Code::UnknownAction, "/Resource", message)
        .subject(Subject::Service(named.action.to_owned()));
    let help = match near {
        Some(_) => {
            let part = part(node, named.action);
            diagnostics.push(diagnostic.did_you_mean_in(part, named.action, actions.iter().copied()));
            return;
        }
        None if named.sdk => {
            diagnostic.severity = Severity::Warning;
            None
        }
        None if !WHOLE.contains(&named.service) => {
            diagnostic.severity = Severity::Warning;
            Some("if it is no action of the optimised integration, write `arn:aws:states:::aws-sdk:SERVICE:ACTION`".to_owned())
        }
        None => Some("the action may be one of `arn:aws:states:::aws-sdk:SERVICE:ACTION`".to_owned()),
    };
    diagnostics.push(diagnostic.maybe_help(help));
}

/// Services whose optimised actions are few and known to be all.
const WHOLE: [&str; 11] =
    ["apigateway", "athena", "batch", "dynamodb", "ecs", "events", "http", "lambda", "sns", "sqs", "states"];

#[cfg(test)]
mod tests {
    use crate::{check::testing::diagnostics, diagnostic::Severity};

    #[test]
    fn what_is_certain_is_an_error() {
        for (resource, parameters, severity) in [
            ("arn:aws:states:::dynamodb:query", r#""#, Some(Severity::Error)),
            ("arn:aws:states:::sagemaker:paintPictures", r#""#, Some(Severity::Warning)),
            ("arn:aws:states:::aws-sdk:s3:getObjectAttributess", r#""#, Some(Severity::Error)),
            ("arn:aws:states:::aws-sdk:s3:GetObject", r#""#, Some(Severity::Error)),
            ("arn:aws:states:::aws-sdk:s3:fry", r#""#, Some(Severity::Warning)),
            ("arn:aws:states:::aws-sdk:rds:describeDbInstances", r#""#, None),
        ] {
            let found = diagnostics(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", "Parameters": {{ {parameters} }}, "End": true }} }} }}"#
            ));
            let own = found.iter().find(|found| found.code.name() == "unknown-action");
            assert_eq!(own.map(|found| found.severity), severity, "{resource}: {found:?}");
        }
    }
}
