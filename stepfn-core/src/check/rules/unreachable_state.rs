//! `unreachable-state`

use super::{Code, graph::Graph, page::Page, walk::Scope};
use crate::{asl::WorkflowType, diagnostic::Diagnostic};

pub(in crate::check) const PAGE: Page = Page {
    what: "No chain of transitions leads from `StartAt` to the state.",
    why: "AWS refuses a definition with a state that can never be entered. Mostly a transition to it was forgotten, or it \
          is a rest of an older version.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true },
    "Store": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Store" },
    "Store": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(scope: &Scope<'_>, graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    for (node, reachable) in scope.nodes.iter().zip(graph.reachable()) {
        if !reachable {
            diagnostics.push(
                node.diagnostic(
                    Code::UnreachableState,
                    "",
                    format!("nothing leads here from `{}`", scope.machine.start_at),
                )
                .on_key()
                .help("name it in a `Next`, `Default` or `Catch`, or remove it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn two_that_lead_to_each_other_are_reached_by_nothing() {
        let found = codes(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" },
                "B": { "Type": "Pass", "Next": "C" }, "C": { "Type": "Pass", "Next": "B" } } }"#,
        );
        assert_eq!(found, ["unreachable-state /States/B", "unreachable-state /States/C"]);
    }

    #[test]
    fn a_transition_that_dangles_is_the_only_diagnostic() {
        let found = codes(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "X" }, "B": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(found, ["unknown-state /States/A/Next"]);
    }
}
