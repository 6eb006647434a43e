//! `no-terminal-state`

use super::{Code, graph::Graph, page::Page, walk::Scope};
use crate::{asl::WorkflowType, diagnostic::Diagnostic};

pub(in crate::check) const PAGE: Page = Page {
    what: "The machine has no end: no state that can be reached has `\"End\": true`, and none is a Succeed or Fail.",
    why: "AWS refuses a machine without a terminal state. It could only stop by a timeout or by running over the 25,000 \
          events of a history.",
    failing: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": { "Type": "Pass", "Next": "Pause" },
    "Pause": { "Type": "Wait", "Seconds": 60, "Next": "Ask" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": { "Type": "Pass", "Next": "Ready" },
    "Ready": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.ready", "BooleanEquals": false, "Next": "Pause" }],
      "Default": "Done"
    },
    "Pause": { "Type": "Wait", "Seconds": 60, "Next": "Ask" },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(scope: &Scope<'_>, graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    let ends =
        graph.reachable().iter().zip(&graph.terminal).any(|(reachable, terminal)| *reachable && *terminal);
    if !ends {
        diagnostics.push(
            scope
                .diagnostic(
                    Code::NoTerminalState,
                    "/States",
                    &format!(": no end can be reached from `{}`", scope.machine.start_at),
                )
                .on_key()
                .help("give one of the states `\"End\": true`, or lead to a Succeed or Fail state"),
        );
    }
}
