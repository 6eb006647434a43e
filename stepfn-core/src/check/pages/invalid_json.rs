//! `invalid-json`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "The text is not JSON.",
    why: "AWS takes definitions in JSON only. JSON has no comments and no trailing commas; keys and strings are in double quotes.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true, }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn comments_and_trailing_commas_are_named() {
        assert!(messages("{ // no\n }")[0].contains("comment"));
        assert!(messages(r#"{ "StartAt": "A", }"#)[0].contains("comma"));
    }
}
