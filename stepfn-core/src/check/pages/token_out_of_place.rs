//! `token-out-of-place`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "`$$.Task.Token` is read in a state that waits for no callback.",
    why: "Only Task states with `.waitForTaskToken` (and activities) have a token. AWS accepts the definition, and the \
          execution fails with `States.Runtime` when it comes here.",
    failing: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": { "FunctionName": "ask", "Payload": { "token.$": "$$.Task.Token" } },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
      "TimeoutSeconds": 3600,
      "Parameters": { "FunctionName": "ask", "Payload": { "token.$": "$$.Task.Token" } },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn a_token_is_where_somebody_is_waited_for() {
        let task = |pattern: &str| {
            messages(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage{pattern}",
                "TimeoutSeconds": 60,
                "Parameters": {{ "QueueUrl": "q", "MessageBody": {{ "token.$": "$$.Task.Token" }} }}, "End": true }} }} }}"#
            ))
        };
        assert!(task(".waitForTaskToken").is_empty());
        assert!(task("")[0].starts_with("token-out-of-place /States/A/Parameters/MessageBody/token.$: "));
    }
}
