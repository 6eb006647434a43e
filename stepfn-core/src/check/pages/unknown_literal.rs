//! `unknown-literal`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A Choice rule compares with a text that the value can never be.",
    why: "AWS accepts the definition, and the rule never matches. In the example the type of `status` is an enum with the \
          variants `PASSED` and `FAILED`.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.status", "StringEquals": "PASS", "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.status", "StringEquals": "PASSED", "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    // Only a type determines its values: see `shape::tests` and the compile-fail tests.
    #[test]
    fn without_a_type_any_text_may_come() {
        assert!(messages(super::PAGE.failing).is_empty());
    }
}
