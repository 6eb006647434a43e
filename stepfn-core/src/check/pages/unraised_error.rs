//! `unraised-error`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A retrier or catcher names an error that the task never raises.",
    why: "AWS accepts the definition, and the entry never matches: the error that was meant goes past it. In the example the \
          task's error type has the variant `OutOfStock`.",
    failing: r#"{
  "StartAt": "Reserve",
  "States": {
    "Reserve": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:reserve",
      "Catch": [{ "ErrorEquals": ["OutOfStok"], "Next": "Reorder" }],
      "End": true
    },
    "Reorder": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Reserve",
  "States": {
    "Reserve": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:reserve",
      "Catch": [{ "ErrorEquals": ["OutOfStock"], "Next": "Reorder" }],
      "End": true
    },
    "Reorder": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn a_service_raises_errors_of_its_own_alone() {
        let task = |resource: &str| {
            messages(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}",
                "Parameters": {{ "TableName": "t", "Key": {{}} }}, "End": true,
                "Retry": [{{ "ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"] }}] }} }} }}"#
            ))
        };
        assert!(task("dynamodb:getItem").is_empty());
        assert!(
            task("sqs:sendMessage").iter().any(|found| found.starts_with("unraised-error /States/A/Retry/0"))
        );
    }
}
