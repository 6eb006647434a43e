//! `unknown-state-type`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "There is no state of this type.",
    why: "AWS refuses the definition. The types are Task, Wait, Pass, Succeed, Fail, Choice, Parallel and Map, written just so.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true },
    "Wait": { "Type": "wait", "Seconds": 5, "Next": "Load" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Wait",
  "States": {
    "Load": { "Type": "Pass", "End": true },
    "Wait": { "Type": "Wait", "Seconds": 5, "Next": "Load" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn the_nearest_type_is_named() {
        let found = messages(r#"{ "StartAt": "A", "States": { "A": { "Type": "task" } } }"#);
        assert!(
            found[0].starts_with("unknown-state-type /States/A/Type: ") && found[0].contains("`Task`"),
            "{found:?}"
        );
    }
}
