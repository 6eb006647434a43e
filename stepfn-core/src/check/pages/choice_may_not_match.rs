//! `choice-may-not-match`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A Choice state has no `Default`, and its rules do not take every value.",
    why: "AWS accepts the definition. When no rule matches, the execution fails with `States.Runtime`, which no \
          catcher around the Choice sees, not even `States.ALL`.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Done" }]
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Done" }],
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
    fn rules_that_take_everything_need_no_default() {
        let choice = |rules: &str| {
            messages(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Choice", "Choices": [{rules}] }}, "B": {{ "Type": "Succeed" }} }} }}"#
            ))
        };
        let below = r#"{ "Variable": "$.n", "NumericLessThan": 5, "Next": "B" }"#;
        assert!(choice(below)[0].starts_with("choice-may-not-match /States/A/Choices: "));
        let above = r#"{ "Variable": "$.n", "NumericGreaterThanEquals": 5, "Next": "B" }"#;
        assert!(choice(&format!("{below}, {above}")).is_empty());
    }
}
