//! `conflicting-operators`

use super::{Code, choice_operand::comparisons, page::Page, walk::Node};
use crate::{
    asl::{Condition, Operator, QueryLanguage, StateKind, Unknown, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Choice rule asks two things at once: it has two operators, or `And`, `Or`, `Not` or `Condition` beside one.",
    why: "AWS refuses it: a rule has one operator. Several questions are joined by `And` or `Or`.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        { "Variable": "$.total", "NumericGreaterThan": 10, "NumericLessThan": 100, "Next": "Done" }
      ],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        {
          "And": [
            { "Variable": "$.total", "NumericGreaterThan": 10 },
            { "Variable": "$.total", "NumericLessThan": 100 }
          ],
          "Next": "Done"
        }
      ],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Choice(choice) = &node.state.kind else { return };
    for (index, rule) in choice.choices.iter().enumerate() {
        let at = format!("/Choices/{index}");
        // What is of the other query language has a diagnostic of its own.
        let own =
            matches!(rule.condition, Condition::Jsonata(_)) == (node.language == QueryLanguage::Jsonata);
        if own {
            beside(node, &at, name(&rule.condition), &rule.unknown, diagnostics);
        }
        comparisons(&at, &rule.condition, &mut |below, comparison| {
            if below != at {
                beside(node, below, comparison.operator.name(), &comparison.unknown, diagnostics);
            }
        });
    }
}

fn name(condition: &Condition) -> &'static str {
    match condition {
        Condition::And(_) => "And",
        Condition::Or(_) => "Or",
        Condition::Not(_) => "Not",
        Condition::Jsonata(_) => "Condition",
        Condition::Compare(comparison) => comparison.operator.name(),
        Condition::Annotated(condition, _) => name(condition),
    }
}

/// Reports a condition beside the one that the rule already has.
fn beside(node: &Node<'_>, below: &str, asked: &str, unknown: &Unknown, diagnostics: &mut Vec<Diagnostic>) {
    let asks = |key: &str| {
        Operator::from_name(key).is_some() || ["And", "Or", "Not", "Condition", "Variable"].contains(&key)
    };
    if let Some(key) = unknown.keys().find(|key| asks(key)) {
        let message = format!("`{key}` is beside `{asked}`: a rule has one operator");
        diagnostics.push(
            node.diagnostic(Code::ConflictingOperators, &format!("{below}/{key}"), message)
                .on_key()
                .help("join two conditions by `And` or `Or`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn joins_and_inner_rules_ask_one_thing_too() {
        let found = lines(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Choice", "Default": "B", "Choices": [
                    { "And": [{ "Variable": "$.a", "IsPresent": true, "IsNull": false }], "Variable": "$.b", "Next": "B" }] },
                "B": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "conflicting-operators /States/A/Choices/0/And/0/IsNull: state `A`: `IsNull` is beside `IsPresent`: a rule has one operator (join two conditions by `And` or `Or`)",
                "conflicting-operators /States/A/Choices/0/Variable: state `A`: `Variable` is beside `And`: a rule has one operator (join two conditions by `And` or `Or`)",
            ]
        );
    }
}
