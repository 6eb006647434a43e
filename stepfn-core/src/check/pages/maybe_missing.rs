//! `maybe-missing`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A path reads a field that may be absent: its type is optional, or only some of the ways here set it.",
    why: "AWS fails the execution with `States.Runtime` when the field is absent. Ask with `IsPresent` in a Choice before, or set the field on every path to here. In the example the input's type declares `note` as optional.",
    failing: r#"{
  "StartAt": "Use",
  "States": {
    "Use": { "Type": "Pass", "InputPath": "$.note", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.note", "IsPresent": true, "Next": "Use" }],
      "Default": "Leave"
    },
    "Use": { "Type": "Pass", "InputPath": "$.note", "End": true },
    "Leave": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn a_field_of_one_way_alone_may_be_missing() {
        let machine = |choices: &str| {
            format!(
                r#"{{ "StartAt": "Ask", "States": {{
                "Ask": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.a", "IsPresent": true, "Next": "One" }}], "Default": "Two" }},
                "One": {{ "Type": "Pass", "Result": {{ "x": 1 }}, "Next": "{choices}" }},
                "Two": {{ "Type": "Pass", "Result": {{}}, "Next": "{choices}" }},
                "Test": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.x", "IsPresent": true, "Next": "Use" }}], "Default": "Done" }},
                "Use": {{ "Type": "Pass", "InputPath": "$.x", "Next": "Done" }},
                "Done": {{ "Type": "Succeed" }} }} }}"#
            )
        };
        assert!(messages(&machine("Test")).is_empty());
        let found = messages(&machine("Use").replace(r#""Default": "Done""#, r#""Default": "Test""#));
        assert!(
            found.iter().any(|found| found.starts_with("maybe-missing /States/Use/InputPath: ")),
            "{found:?}"
        );
    }
}
