//! `does-not-fit`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "The data that flows into a task, or out of the machine, cannot be read as the type that is declared there.",
    why: "AWS knows no types, so the function's own reading of its input fails, in production. In the example the task takes an \
          order, and gets the note of one.",
    failing: r#"{
  "StartAt": "Store",
  "States": {
    "Store": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:store",
      "InputPath": "$.note",
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Store",
  "States": {
    "Store": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:store",
      "InputPath": "$",
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    // Only its type determines what a function takes: see `shape::tests` and the compile-fail tests.
    #[test]
    fn without_a_type_everything_fits() {
        assert!(messages(super::PAGE.failing).is_empty());
    }
}
