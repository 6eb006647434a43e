//! `missing-field`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A field that must be there is not.",
    why: "AWS refuses the definition. A state machine needs `StartAt` and `States`, a state its `Type`, a Task its `Resource`, \
          a Choice its `Choices`, a catcher `ErrorEquals` and `Next`, a Choice rule `Next` and something to compare.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Catch": [{ "Next": "Failed", "ErrorEquals": ["States.Timeout"] }, { "ErrorEquals": ["States.ALL"] }],
      "End": true
    },
    "Failed": { "Type": "Fail" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Catch": [{ "Next": "Failed", "ErrorEquals": ["States.Timeout", "My.Error"] }],
      "End": true
    },
    "Failed": { "Type": "Fail" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn each_object_says_what_it_lacks() {
        assert!(messages("{}").iter().any(|found| found.contains("`StartAt`")));
        let task = messages(r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "End": true } } }"#);
        assert!(task[0].starts_with("missing-field /States/A") && task[0].contains("`Resource`"), "{task:?}");
    }
}
