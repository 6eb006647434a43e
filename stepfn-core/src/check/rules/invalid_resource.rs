//! `invalid-resource`

use super::{Code, page::Page, walk::Node};
use crate::{
    arn::Arn,
    asl::{Resource, StateKind, WorkflowType},
    diagnostic::{Diagnostic, nearest},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task's `Resource` is not an ARN of the form that AWS takes, or has an unknown ending.",
    why: "AWS refuses it. A Lambda function is named by its whole ARN, a service by `arn:aws:states:::service:action`, any API by \
          `arn:aws:states:::aws-sdk:service:action`; `.sync`, `.sync:2` or `.waitForTaskToken` may follow.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": { "Type": "Task", "Resource": "my-function", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:my-function",
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

const PATTERNS: [&str; 3] = ["sync", "sync:2", "waitForTaskToken"];

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Task(task) = &node.state.kind else { return };
    let Resource::Arn(arn) = &task.resource else { return };
    // The reader reports a Task without one; texts with signs that no ARN has are filled in by a tool.
    if arn.is_empty() || arn.contains(['$', '#', '[', '{', '<', '%']) {
        return;
    }
    if let Some((message, help)) = breach(arn) {
        diagnostics.push(node.diagnostic(Code::InvalidResource, "/Resource", message).maybe_help(help));
    }
}

fn breach(arn: &str) -> Option<(String, Option<String>)> {
    let Some(Arn { service, resource: rest, .. }) = Arn::parse(arn) else {
        let help = "write the whole ARN, such as `arn:aws:states:::lambda:invoke`".to_owned();
        return Some((format!("`{arn}` is no ARN"), Some(help)));
    };
    match service {
        "lambda" if !rest.starts_with("function:") || rest == "function:" => Some((
            format!("`{arn}` is no ARN of a Lambda function"),
            Some("write `arn:aws:lambda:REGION:ACCOUNT:function:NAME`".to_owned()),
        )),
        "states" => integration(rest),
        _ => None,
    }
}

/// Returns the error of the part of a service integration's ARN after its empty region and account.
fn integration(rest: &str) -> Option<(String, Option<String>)> {
    if rest.starts_with("activity:") {
        return None;
    }
    let parts: Vec<&str> = rest.split(':').collect();
    let wanted = if parts[0] == "aws-sdk" { 3 } else { 2 };
    if parts.len() < wanted || parts.iter().any(|part| part.is_empty()) {
        let form = if wanted == 3 { "aws-sdk:SERVICE:ACTION" } else { "SERVICE:ACTION" };
        return Some((
            format!("`{rest}` does not name a service and its action"),
            Some(format!("write `arn:aws:states:::{form}`")),
        ));
    }
    let action = parts[wanted - 1..].join(":");
    let pattern = match action.split_once('.') {
        Some((_, pattern)) => pattern,
        None if parts.len() > wanted => {
            return Some((format!("`{rest}` is more than a service and its action"), None));
        }
        None => return None,
    };
    if PATTERNS.contains(&pattern) {
        return None;
    }
    let help = match nearest(pattern, PATTERNS) {
        Some(near) => format!("did you mean `.{near}`?"),
        None => "an action may end in `.sync`, `.sync:2` or `.waitForTaskToken`".to_owned(),
    };
    Some((format!("there is no integration pattern `.{pattern}`"), Some(help)))
}

#[cfg(test)]
mod tests {
    use super::breach;

    #[test]
    fn forms_of_arns() {
        for arn in [
            "arn:aws:lambda:eu-west-1:123456789012:function:f:PROD",
            "arn:aws-cn:states:::lambda:invoke.waitForTaskToken",
            "arn:aws:states:::states:startExecution.sync:2",
            "arn:aws:states:::aws-sdk:s3:getObject",
            "arn:aws:states:eu-west-1:123456789012:activity:a.b",
            "arn:aws:states:eu-west-1:123456789012:aws-sdk:s3:getObject",
            "arn:aws:other:local::function:f",
        ] {
            assert_eq!(breach(arn), None, "{arn}");
        }
        for (arn, message) in [
            ("my-function", "`my-function` is no ARN"),
            ("arn:aws:lambda:eu-west-1:123456789012:f", "is no ARN of a Lambda function"),
            ("arn:aws:states:::lambda", "`lambda` does not name a service and its action"),
            ("arn:aws:states:::aws-sdk:s3", "`aws-sdk:s3` does not name a service and its action"),
            (
                "arn:aws:states:::sqs:sendMessage.waitForTasktoken",
                "no integration pattern `.waitForTasktoken`",
            ),
            ("arn:aws:states:::sqs:sendMessage.sync:3", "no integration pattern `.sync:3`"),
            ("arn:aws:states:::sqs:sendMessage:2", "is more than a service and its action"),
        ] {
            let found = breach(arn).unwrap_or_default().0;
            assert!(found.contains(message), "{arn}: {found}");
        }
    }
}
