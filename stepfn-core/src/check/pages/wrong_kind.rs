//! `wrong-kind`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A field's value is of the wrong kind: a string for a number, an object for an array.",
    why: "AWS refuses the definition; it converts nothing. Numbers and booleans have no quotes.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Comment": ["loads", "all"], "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Comment": "loads all", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn a_number_in_quotes_is_no_number() {
        let wait = messages(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": "5", "End": true } } }"#,
        );
        assert!(wait[0].starts_with("wrong-kind /States/A/Seconds: "), "{wait:?}");
    }
}
