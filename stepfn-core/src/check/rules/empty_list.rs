//! `empty-list`

use super::{
    Code,
    error_names::lists,
    page::Page,
    walk::{Node, Scope},
};
use crate::{
    asl::{Condition, StateKind, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "`States`, `Choices`, `Branches`, `ErrorEquals`, `And` or `Or` is empty.",
    why: "AWS refuses it: a machine has at least one state, a Choice one rule, a Parallel one branch, a retrier or catcher one \
          error name.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": { "Type": "Choice", "Choices": [], "Default": "Done" },
    "Done": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 0, "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check_machine(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if scope.machine.states.is_empty() {
        diagnostics.push(
            scope
                .diagnostic(Code::EmptyList, "/States", ": `States` is empty")
                .help("write at least one state"),
        );
    }
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut report = |below: &str, help: &str| {
        let field = below.rsplit('/').next().unwrap_or_default();
        diagnostics.push(node.diagnostic(Code::EmptyList, below, format!("`{field}` is empty")).help(help));
    };
    match &node.state.kind {
        StateKind::Choice(choice) => {
            if choice.choices.is_empty() {
                report("/Choices", "write at least one rule, or use a Pass state");
            }
            for (index, rule) in choice.choices.iter().enumerate() {
                conditions(&format!("/Choices/{index}"), &rule.condition, &mut report);
            }
        }
        StateKind::Parallel(parallel) if parallel.branches.is_empty() => {
            report("/Branches", "write at least one branch");
        }
        _ => {}
    }
    for (field, _, entries) in lists(node) {
        for (index, names) in entries.iter().enumerate() {
            if names.is_empty() {
                report(&format!("/{field}/{index}/ErrorEquals"), "name an error, or `States.ALL` for any");
            }
        }
    }
}

fn conditions(below: &str, condition: &Condition, report: &mut impl FnMut(&str, &str)) {
    match condition {
        Condition::And(rules) | Condition::Or(rules) => {
            let join = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
            let below = format!("{below}/{join}");
            if rules.is_empty() {
                report(&below, "write at least one condition");
            }
            for (index, rule) in rules.iter().enumerate() {
                conditions(&format!("{below}/{index}"), rule, report);
            }
        }
        Condition::Not(rule) => conditions(&format!("{below}/Not"), rule, report),
        Condition::Annotated(rule, _) => conditions(below, rule, report),
        Condition::Compare(_) | Condition::Jsonata(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn every_list_is_looked_at() {
        let found = codes(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Parallel", "Branches": [], "Retry": [{ "ErrorEquals": [] }], "Next": "B" },
                "B": { "Type": "Choice", "Default": "C", "Choices": [{ "Not": { "Or": [] }, "Next": "C" }] },
                "C": { "Type": "Map", "ItemProcessor": { "StartAt": "", "States": {} }, "End": true } } }"#,
        );
        assert_eq!(
            found,
            [
                "empty-list /States/A/Retry/0/ErrorEquals",
                "empty-list /States/A/Branches",
                "empty-list /States/B/Choices/0/Not/Or",
                "empty-list /States/C/ItemProcessor/States",
            ]
        );
    }
}
