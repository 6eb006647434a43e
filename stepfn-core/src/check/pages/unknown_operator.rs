//! `unknown-operator`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A Choice rule has an operator that does not exist.",
    why: "AWS refuses the definition. Operators name the kind that they compare: `StringEquals`, `NumericLessThan`, \
          `TimestampGreaterThanPath`, `IsPresent`.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Done" },
        { "Variable": "$.status", "StringEqual": "failed", "Next": "Done" }
      ],
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
      "Choices": [
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Done" },
        { "Variable": "$.status", "StringEquals": "failed", "Next": "Done" }
      ],
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

    #[test]
    fn the_nearest_operator_is_named() {
        let found = messages(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Choice", "Default": "B",
            "Choices": [{ "Variable": "$.x", "StringEqual": "a", "Next": "B" }] }, "B": { "Type": "Succeed" } } }"#,
        );
        assert!(
            found[0].starts_with("unknown-operator /") && found[0].contains("`StringEquals`"),
            "{found:?}"
        );
    }
}
