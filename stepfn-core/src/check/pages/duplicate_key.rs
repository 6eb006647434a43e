//! `duplicate-key`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A key is given twice in one JSON object.",
    why: "JSON readers keep the last of the two and drop the other without a word: a state or a parameter is lost.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 1, "Result": 2, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 2, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn a_state_that_stands_twice_is_found() {
        let twice =
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" }, "A": { "Type": "Fail" } } }"#;
        assert!(messages(twice)[0].starts_with("duplicate-key /States/A: "));
    }
}
