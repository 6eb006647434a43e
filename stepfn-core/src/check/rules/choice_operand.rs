//! `choice-operand`

use super::{
    Code,
    page::Page,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{Comparison, Condition, OperandKind, StateKind, WorkflowType},
    diagnostic::Diagnostic,
    timestamp::is_timestamp,
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The operand of a comparison operator is of the wrong kind.",
    why: "AWS refuses it: `String...` takes a string, `Numeric...` a number, `BooleanEquals` and the `Is...` tests `true` or \
          `false`, `Timestamp...` an RFC 3339 time, and the operators that end in `Path` take a path.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": "100", "Next": "Done" }],
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
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// Returns all comparisons in a condition, with their places below it.
pub(super) fn comparisons<'m>(
    below: &str,
    condition: &'m Condition,
    visit: &mut impl FnMut(&str, &'m Comparison),
) {
    match condition {
        Condition::And(rules) | Condition::Or(rules) => {
            let join = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
            for (index, rule) in rules.iter().enumerate() {
                comparisons(&format!("{below}/{join}/{index}"), rule, visit);
            }
        }
        Condition::Not(rule) => comparisons(&format!("{below}/Not"), rule, visit),
        Condition::Annotated(rule, _) => comparisons(below, rule, visit),
        Condition::Compare(comparison) => visit(below, comparison),
        Condition::Jsonata(_) => {}
    }
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Choice(choice) = &node.state.kind else { return };
    for (index, rule) in choice.choices.iter().enumerate() {
        comparisons(&format!("/Choices/{index}"), &rule.condition, &mut |below, comparison| {
            let operator = comparison.operator.name();
            if let Some((expected, help)) = breach(comparison) {
                let found = match &comparison.operand {
                    Value::String(text) => format!("the string `{text}`"),
                    Value::Array(_) => "an array".to_owned(),
                    Value::Object(_) => "an object".to_owned(),
                    other => format!("`{other}`"),
                };
                let message = format!("`{operator}` takes {expected}, found {found}");
                diagnostics.push(
                    node.diagnostic(Code::ChoiceOperand, &format!("{below}/{operator}"), message)
                        .maybe_help(help),
                );
            }
        });
    }
}

/// Returns the kind that the operand should have, if it does not.
fn breach(comparison: &Comparison) -> Option<(&'static str, Option<String>)> {
    let operand = &comparison.operand;
    if operand.as_str().is_some_and(has_placeholder) {
        return None;
    }
    match (comparison.operator.operand(), operand) {
        (OperandKind::String | OperandKind::Path, Value::String(_))
        | (OperandKind::Number, Value::Number(_))
        | (OperandKind::Boolean, Value::Bool(_)) => None,
        (OperandKind::Timestamp, Value::String(text)) if is_timestamp(text) => None,
        (OperandKind::String, other) => Some((
            "a string",
            matches!(other, Value::Number(_) | Value::Bool(_)).then(|| format!("write `\"{other}\"`")),
        )),
        (OperandKind::Number, other) => Some(("a number", unquoted(other))),
        (OperandKind::Boolean, other) => Some(("`true` or `false`", unquoted(other))),
        (OperandKind::Timestamp, _) => {
            Some(("an RFC 3339 timestamp", Some("write it as in `2016-03-14T01:59:00Z`".to_owned())))
        }
        (OperandKind::Path, _) => Some(("a path in a string", None)),
    }
}

/// The same without quotes, where that is a number or a boolean.
fn unquoted(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let plain = text.parse::<f64>().is_ok_and(f64::is_finite) || text == "true" || text == "false";
    plain.then(|| format!("write `{text}` without quotes"))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn operands_are_of_their_operators_kind() {
        let found = lines(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Choice", "Default": "B", "Choices": [
                    { "Variable": "$.a", "BooleanEquals": "true", "Next": "B" },
                    { "Not": { "Variable": "$.a", "StringEquals": 5 }, "Next": "B" },
                    { "And": [{ "Variable": "$.b", "TimestampLessThan": "today" }], "Next": "B" },
                    { "Variable": "$.a", "IsPresent": 1, "Next": "B" },
                    { "Variable": "$.a", "NumericEquals": "${Limit}", "Next": "B" },
                    { "Variable": "$.a", "TimestampEquals": "2016-03-14T01:59:00Z", "Next": "B" },
                    { "Variable": "$.a", "StringEqualsPath": 7, "Next": "B" }] },
                "B": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "choice-operand /States/A/Choices/0/BooleanEquals: state `A`: `BooleanEquals` takes `true` or `false`, found \
                 the string `true` (write `true` without quotes)",
                "choice-operand /States/A/Choices/1/Not/StringEquals: state `A`: `StringEquals` takes a string, found `5` \
                 (write `\"5\"`)",
                "choice-operand /States/A/Choices/2/And/0/TimestampLessThan: state `A`: `TimestampLessThan` takes an RFC \
                 3339 timestamp, found the string `today` (write it as in `2016-03-14T01:59:00Z`)",
                "choice-operand /States/A/Choices/3/IsPresent: state `A`: `IsPresent` takes `true` or `false`, found `1`",
                "choice-operand /States/A/Choices/6/StringEqualsPath: state `A`: `StringEqualsPath` takes a path in a \
                 string, found `7`",
            ]
        );
    }
}
