//! `unassigned-variable`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A path reads a variable that no state before has assigned.",
    why: "AWS refuses a variable that is assigned nowhere, and fails the execution where the way here did not come by the \
          `Assign`. Variables that are assigned inside a Map or Parallel are not seen outside.",
    failing: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$totl", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$total", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn what_a_branch_assigns_stays_in_it() {
        let machine = |read: &str| {
            messages(&format!(
                r#"{{ "StartAt": "Outer", "States": {{
                "Outer": {{ "Type": "Pass", "Assign": {{ "outer": 1 }}, "Next": "P" }},
                "P": {{ "Type": "Parallel", "Next": "Use", "Branches": [{{ "StartAt": "I", "States": {{
                    "I": {{ "Type": "Pass", "Assign": {{ "inner.$": "$outer" }}, "End": true }} }} }}] }},
                "Use": {{ "Type": "Pass", "Parameters": {{ "x.$": "{read}" }}, "End": true }} }} }}"#
            ))
        };
        assert!(machine("$outer").is_empty());
        assert!(machine("$inner")[0].starts_with("unassigned-variable /States/Use/Parameters/x.$: "));
    }
}
