//! `dead-choice-rule`

use std::cmp::Ordering;

use super::{Code, page::Page, walk::Node};
use crate::{
    asl::{Comparison, Condition, OperandKind, Operator, StateKind, WorkflowType},
    diagnostic::Diagnostic,
    path::Path,
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Choice rule can never be taken: an earlier rule takes all that it would, or it asks for two things that exclude each \
           other.",
    why: "AWS tries the rules in their order and takes the first that holds. It accepts the definition; the state \
          that the rule leads to is missed.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Ready" },
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Failed" }
      ],
      "Default": "Ready"
    },
    "Ready": { "Type": "Succeed" },
    "Failed": { "Type": "Fail" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Ready" },
        { "Variable": "$.status", "StringEquals": "failed", "Next": "Failed" }
      ],
      "Default": "Ready"
    },
    "Ready": { "Type": "Succeed" },
    "Failed": { "Type": "Fail" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// More pairs of rules than this, or of what a rule asks, are not compared.
const MOST_PAIRS: usize = 100_000;

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Choice(choice) = &node.state.kind else { return };
    let mut pairs = MOST_PAIRS;
    for (index, rule) in choice.choices.iter().enumerate() {
        let below = format!("/Choices/{index}");
        let compared = index.min(pairs);
        pairs -= compared;
        let earlier = choice
            .choices
            .iter()
            .take(compared)
            .position(|earlier| implies(&rule.condition, &earlier.condition));
        if let Some(earlier) = earlier {
            diagnostics.push(
                node.diagnostic(
                    Code::DeadChoiceRule,
                    &below,
                    format!("this rule is never taken: rule {earlier} takes all that it would"),
                )
                .help("remove it, or ask for something else"),
            );
        } else if let Some(variable) = contradiction(&rule.condition) {
            diagnostics.push(
                node.diagnostic(
                    Code::DeadChoiceRule,
                    &below,
                    format!("this rule can never hold: what it asks of `{variable}` excludes itself"),
                )
                .help("one of the two belongs into a rule of its own, or into an `Or`"),
            );
        }
    }
}

/// Returns `true` if one condition can only hold where the other does, as far as their texts show.
fn implies(a: &Condition, b: &Condition) -> bool {
    if same(a, b) {
        return true;
    }
    matches!(a, Condition::And(rules) if rules.iter().any(|rule| implies(rule, b)))
        || matches!(a, Condition::Or(rules) if !rules.is_empty() && rules.iter().all(|rule| implies(rule, b)))
        || matches!(b, Condition::Or(rules) if rules.iter().any(|rule| implies(a, rule)))
}

/// Returns `true` if two conditions ask the same, comments aside.
fn same(a: &Condition, b: &Condition) -> bool {
    let all =
        |a: &[Condition], b: &[Condition]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    match (a, b) {
        (Condition::Annotated(a, _), b) | (b, Condition::Annotated(a, _)) => same(a, b),
        (Condition::And(a), Condition::And(b)) | (Condition::Or(a), Condition::Or(b)) => all(a, b),
        (Condition::Not(a), Condition::Not(b)) => same(a, b),
        (Condition::Compare(a), Condition::Compare(b)) => {
            a.variable == b.variable && a.operator == b.operator && a.operand == b.operand
        }
        (Condition::Jsonata(a), Condition::Jsonata(b)) => a == b && a.as_bool().is_none() && is_stable(a),
        _ => false,
    }
}

/// Returns `true` if an expression gives the same each time it is asked.
fn is_stable(expression: &Value) -> bool {
    expression.as_str().is_some_and(|text| !text.contains("$random") && !text.contains("$uuid"))
}

/// The variable that a rule asks two things of that exclude each other.
fn contradiction(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::And(_) => {
            let mut parts = Vec::new();
            conjuncts(condition, &mut parts);
            let paths: Vec<Option<String>> = parts.iter().map(|part| path_of(part)).collect();
            let all: Vec<_> = parts.iter().zip(&paths).enumerate().collect();
            let most = MOST_PAIRS / parts.len().max(1);
            let excluded = all.iter().find_map(|(place, (a, path))| {
                all.iter().skip(place + 1).take(most).find_map(|(_, (b, other))| match (a, b) {
                    (Condition::Compare(a), Condition::Compare(b)) => {
                        (path.is_some() && path == other && exclude(a, b)).then_some(a.variable.as_str())
                    }
                    (Condition::Not(a), b) | (b, Condition::Not(a)) if same(a, b) => variable(b),
                    _ => None,
                })
            });
            excluded.or_else(|| parts.into_iter().find_map(contradiction))
        }
        Condition::Or(rules) => {
            let all = !rules.is_empty() && rules.iter().all(|rule| contradiction(rule).is_some());
            if all { rules.first().and_then(contradiction) } else { None }
        }
        Condition::Annotated(inner, _) => contradiction(inner),
        _ => None,
    }
}

fn conjuncts<'m>(condition: &'m Condition, parts: &mut Vec<&'m Condition>) {
    match condition {
        Condition::And(rules) => rules.iter().for_each(|rule| conjuncts(rule, parts)),
        Condition::Annotated(inner, _) => conjuncts(inner, parts),
        other => parts.push(other),
    }
}

fn variable(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::Compare(comparison) => Some(&comparison.variable),
        _ => None,
    }
}

/// The path that a comparison asks, however it is written.
fn path_of(condition: &Condition) -> Option<String> {
    Path::parse(variable(condition)?).map(|path| path.normalized()).ok()
}

/// Returns `true` if two comparisons of one path can never hold together.
fn exclude(a: &Comparison, b: &Comparison) -> bool {
    let literal = |comparison: &Comparison| comparison.operator.operand() != OperandKind::Path;
    if a.operator.is_test() || b.operator.is_test() {
        // A test and its opposite.
        return a.operator == b.operator && a.operand != b.operand;
    }
    if a.operator.compares() != b.operator.compares() {
        // A value is of one kind, but a timestamp is a string too.
        let texts = [OperandKind::String, OperandKind::Timestamp];
        return !(texts.contains(&a.operator.compares()) && texts.contains(&b.operator.compares()));
    }
    if !literal(a)
        || !literal(b)
        || a.operator == Operator::StringMatches
        || b.operator == Operator::StringMatches
    {
        return false;
    }
    let order = match (&a.operand, &b.operand) {
        (Value::Number(x), Value::Number(y)) => x.numeric_cmp(y),
        (Value::String(x), Value::String(y)) if a.operator.compares() == OperandKind::String => {
            if super::walk::has_placeholder(x) || super::walk::has_placeholder(y) {
                return false;
            }
            x.cmp(y)
        }
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        _ => return false,
    };
    let (Some(x), Some(y)) = (Side::of(a.operator), Side::of(b.operator)) else { return false };
    match order {
        Ordering::Less => x.bounded_above() && y.bounded_below(),
        Ordering::Greater => x.bounded_below() && y.bounded_above(),
        Ordering::Equal => {
            !(x.takes(Ordering::Less) && y.takes(Ordering::Less)
                || x.takes(Ordering::Equal) && y.takes(Ordering::Equal)
                || x.takes(Ordering::Greater) && y.takes(Ordering::Greater))
        }
    }
}

/// The side of its operand that an operator takes.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Side {
    fn of(operator: Operator) -> Option<Self> {
        let name = operator.name();
        [
            ("LessThanEquals", Self::LessEqual),
            ("GreaterThanEquals", Self::GreaterEqual),
            ("LessThan", Self::Less),
            ("GreaterThan", Self::Greater),
            ("Equals", Self::Equal),
        ]
        .into_iter()
        .find_map(|(end, side)| name.ends_with(end).then_some(side))
    }

    /// Returns `true` if a value that compares so with the operand is taken.
    fn takes(self, order: Ordering) -> bool {
        match order {
            Ordering::Less => matches!(self, Self::Less | Self::LessEqual),
            Ordering::Equal => matches!(self, Self::Equal | Self::LessEqual | Self::GreaterEqual),
            Ordering::Greater => matches!(self, Self::Greater | Self::GreaterEqual),
        }
    }

    fn bounded_above(self) -> bool {
        !self.takes(Ordering::Greater)
    }

    fn bounded_below(self) -> bool {
        !self.takes(Ordering::Less)
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    fn dead(rules: &[&str]) -> Vec<String> {
        let rules: Vec<_> = rules.iter().map(|rule| format!(r#"{{ {rule}, "Next": "B" }}"#)).collect();
        let found = codes(&format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Choice", "Default": "B", "Choices": [{}] }},
                "B": {{ "Type": "Succeed" }} }} }}"#,
            rules.join(", ")
        ));
        found
            .iter()
            .filter_map(|line| Some(line.strip_prefix("dead-choice-rule /States/A/Choices/")?.to_owned()))
            .collect()
    }

    #[test]
    fn what_an_earlier_rule_takes_is_gone() {
        let a = r#""Variable": "$.a", "NumericEquals": 1"#;
        let b = r#""Variable": "$.b", "IsPresent": true"#;
        let both = format!(r#""And": [{{ {b} }}, {{ {a} }}]"#);
        let either = format!(r#""Or": [{{ {a} }}, {{ {b} }}]"#);
        assert_eq!(dead(&[a, b, a]), ["2"]);
        assert_eq!(dead(&[a, &both]), ["1"]);
        assert_eq!(dead(&[&either, b]), ["1"]);
        assert_eq!(dead(&[&both, a, b]), [""; 0]);
        assert_eq!(dead(&[a, &format!(r#"{a}, "Comment": "again""#)]), ["1"]);
    }

    #[test]
    fn what_excludes_itself_never_holds() {
        let both = |a: &str, b: &str| {
            dead(&[&format!(r#""And": [{{ "Variable": "$.a", {a} }}, {{ "Variable": "$['a']", {b} }}]"#)])
        };
        for (a, b) in [
            (r#""StringEquals": "x""#, r#""StringEquals": "y""#),
            (r#""NumericGreaterThan": 5"#, r#""NumericLessThan": 5"#),
            (r#""NumericGreaterThan": 5"#, r#""NumericEquals": 4"#),
            (r#""NumericLessThanEquals": 1"#, r#""NumericGreaterThanEquals": 1.5"#),
            (r#""BooleanEquals": true"#, r#""BooleanEquals": false"#),
            (r#""StringEquals": "x""#, r#""NumericEquals": 4"#),
            (r#""IsPresent": true"#, r#""IsPresent": false"#),
        ] {
            assert_eq!(both(a, b), ["0"], "{a} {b}");
        }
        for (a, b) in [
            (r#""StringEquals": "x""#, r#""StringEquals": "x""#),
            (r#""StringEquals": "${X}""#, r#""StringEquals": "y""#),
            (r#""NumericGreaterThanEquals": 5"#, r#""NumericLessThanEquals": 5"#),
            (r#""NumericGreaterThan": 4"#, r#""NumericLessThan": 5"#),
            (r#""StringMatches": "a*""#, r#""StringEquals": "b""#),
            (r#""StringGreaterThan": "a""#, r#""TimestampEquals": "2016-03-14T01:59:00Z""#),
            (r#""IsString": true"#, r#""StringEquals": "b""#),
            (r#""StringEqualsPath": "$.b""#, r#""StringEquals": "b""#),
        ] {
            assert_eq!(both(a, b), [""; 0], "{a} {b}");
        }
        assert_eq!(
            dead(&[
                r#""And": [{ "Variable": "$.a", "IsNull": true }, { "Not": { "Variable": "$.a", "IsNull": true } }]"#
            ]),
            ["0"]
        );
    }
}
