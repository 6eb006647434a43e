//! `endless-loop`

use super::{Code, graph::Graph, page::Page, walk::Scope};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, list},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The execution can enter a loop that no transition leaves.",
    why: "AWS accepts the definition, since some state of it is an end. An execution that enters the loop runs until a \
          timeout, until it is stopped, or until its history holds 25,000 events and it fails.",
    failing: r#"{
  "StartAt": "Ready",
  "States": {
    "Ready": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.ready", "BooleanEquals": false, "Next": "Pause" }],
      "Default": "Done"
    },
    "Pause": { "Type": "Wait", "Seconds": 60, "Next": "Pause" },
    "Done": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Ready",
  "States": {
    "Ready": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.ready", "BooleanEquals": false, "Next": "Pause" }],
      "Default": "Done"
    },
    "Pause": { "Type": "Wait", "Seconds": 60, "Next": "Ready" },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(scope: &Scope<'_>, graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    let ending = graph.ending();
    let mut open: Vec<bool> =
        graph.reachable().iter().zip(&ending).map(|(reached, ends)| *reached && !ends).collect();
    // A machine without any end has a diagnostic of its own.
    if open.get(graph.start).copied().unwrap_or(true) {
        return;
    }
    let mut neighbours = graph.back();
    for (from, targets) in graph.next.iter().enumerate() {
        neighbours[from].extend(targets);
    }
    while let Some(first) = open.iter().position(|open| *open) {
        let group = connected(&neighbours, &mut open, first);
        let names = group.iter().filter_map(|place| Some(scope.nodes.get(*place)?.name));
        let Some(node) = scope.nodes.get(first) else { return };
        let message = match group.len() {
            1 => "it leads only to itself, and no end can be reached from it".to_owned(),
            _ => format!("no end can be reached from here: {} lead only to each other", list(names)),
        };
        diagnostics.push(
            node.diagnostic(Code::EndlessLoop, "", message)
                .on_key()
                .help("add a transition out of the loop, or `\"End\": true`"),
        );
    }
}

/// Takes the states that hang together with one of them out of `open`, in the order of the text.
fn connected(neighbours: &[Vec<usize>], open: &mut [bool], first: usize) -> Vec<usize> {
    let mut group = vec![first];
    open[first] = false;
    let mut done = 0;
    while let Some(at) = group.get(done).copied() {
        done += 1;
        for place in &neighbours[at] {
            if open[*place] {
                open[*place] = false;
                group.push(*place);
            }
        }
    }
    group.sort_unstable();
    group
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn a_loop_of_two_is_one_diagnostic() {
        let found = lines(
            r#"{ "StartAt": "Pick", "States": {
                "Pick": { "Type": "Choice", "Default": "Done",
                    "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "A" }] },
                "A": { "Type": "Pass", "Next": "B" },
                "B": { "Type": "Pass", "Next": "A" },
                "Done": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "endless-loop /States/A: state `A`: no end can be reached from here: `A`, `B` lead only to each other (add a \
              transition out of the loop, or `\"End\": true`)"
            ]
        );
    }
}
