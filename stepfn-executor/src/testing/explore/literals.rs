//! The operands of a Choice's rules, and values for which the rules hold and do not hold.

use stepfn_core::{
    asl::{Comparison, Condition, Operator},
    jsonata::{self, Expression, ExpressionKind},
    path::{Path, SegmentKind},
    value::Value,
};

/// A path of keys, and what may be put there; none for taking it away.
pub(super) type Wish = (Vec<String>, Option<Value>);

/// Values for a condition.
pub(super) fn wishes(condition: &Condition, found: &mut Vec<Wish>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|part| wishes(part, found)),
        Condition::Not(inner) | Condition::Annotated(inner, _) => wishes(inner, found),
        Condition::Compare(comparison) => compare(comparison, found),
        Condition::Jsonata(Value::String(text)) => {
            if let Some((inside, _)) = jsonata::expression_in(text)
                && let Ok(expression) = jsonata::parse(inside)
            {
                let (mut paths, mut literals) = (Vec::new(), vec![Value::from(true), Value::from(false)]);
                parts(&expression, &mut paths, &mut literals);
                for path in paths {
                    found.push((path.clone(), None));
                    found.extend(literals.iter().flat_map(around).map(|value| (path.clone(), Some(value))));
                }
            }
        }
        Condition::Jsonata(_) => {}
    }
}

fn compare(comparison: &Comparison, found: &mut Vec<Wish>) {
    let Ok(path) = Path::parse(&comparison.variable) else { return };
    let keys: Option<Vec<String>> = path
        .segments
        .iter()
        .map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let Some(keys) = keys else { return };
    let mut wish = |value: Option<Value>| found.push((keys.clone(), value));
    match comparison.operator {
        Operator::IsPresent => {
            wish(None);
            wish(Some("text".into()));
        }
        Operator::IsNull => {
            wish(Some(Value::Null));
            wish(Some("text".into()));
        }
        operator if operator.is_test() => {
            for value in ["text".into(), 1.into(), true.into(), "2030-01-01T00:00:00Z".into()] {
                wish(Some(value));
            }
        }
        Operator::StringMatches => {
            let pattern = comparison.operand.as_str().unwrap_or_default();
            wish(Some(pattern.replace("\\*", "\u{0}").replace('*', "x").replace('\u{0}', "*").into()));
            wish(Some("no match".into()));
        }
        _ => around(&comparison.operand).into_iter().for_each(|value| wish(Some(value))),
    }
}

/// A literal, and what lies on both sides of it.
fn around(literal: &Value) -> Vec<Value> {
    match literal {
        Value::Bool(value) => vec![(*value).into(), (!value).into()],
        Value::Number(number) => match number.as_i64() {
            Some(whole) if number.is_integer() => {
                vec![whole.into(), whole.saturating_add(1).into(), whole.saturating_sub(1).into()]
            }
            _ => {
                let below = Value::from(number.as_f64().floor() as i64);
                vec![literal.clone(), below, Value::from(number.as_f64().ceil() as i64)]
            }
        },
        Value::String(text)
            if text.len() > 18 && text.contains('T') && text.starts_with(char::is_numeric) =>
        {
            vec![literal.clone(), "1999-01-01T00:00:00Z".into(), "2999-01-01T00:00:00Z".into()]
        }
        Value::String(text) => vec![literal.clone(), format!("{text}~").into(), "".into()],
        other => vec![other.clone()],
    }
}

/// The paths that an expression reads in the input, and its literals.
fn parts(expression: &Expression, paths: &mut Vec<Vec<String>>, literals: &mut Vec<Value>) {
    match &expression.kind {
        ExpressionKind::String(text) => literals.push(text.as_str().into()),
        #[allow(clippy::cast_possible_truncation)] // a literal that is no whole number is only near
        ExpressionKind::Number(number) => literals.push((*number as i64).into()),
        ExpressionKind::Path(steps) => {
            let keys: Vec<String> = steps
                .iter()
                .skip(1)
                .map_while(|step| match &step.kind {
                    ExpressionKind::Name(name) | ExpressionKind::String(name) => Some(name.clone()),
                    _ => None,
                })
                .collect();
            if let Some((first, keys)) = keys.split_first()
                && first == "input"
                && !keys.is_empty()
            {
                paths.push(keys.to_vec());
            }
            return;
        }
        _ => {}
    }
    for part in expression.parts() {
        parts(part, paths, literals);
    }
}
