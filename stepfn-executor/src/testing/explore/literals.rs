//! The operands of a Choice's rules, and values for which the rules hold and do not hold.

use stepfn_core::{
    asl::{Comparison, Condition, OperandKind, Operator},
    jsonata::{self, Expression, ExpressionKind},
    path::Path,
    value::Value,
};

use super::routes::{expression_keys, keys};

/// A path of keys, and what may be put there; none for taking it away.
pub(super) type Wish = (Vec<String>, Option<Value>);

/// Longer texts and lists are not made.
const MOST_LENGTH: i64 = 1_000;

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
                let mut parts_found =
                    Parts { literals: vec![Value::from(true), Value::from(false)], ..Parts::default() };
                parts(&expression, &mut parts_found);
                let Parts { paths, measured, literals } = parts_found;
                for path in paths {
                    found.push((path.clone(), None));
                    found.extend(literals.iter().flat_map(around).map(|value| (path.clone(), Some(value))));
                }
                let numbers = literals.iter().filter_map(Value::as_i64);
                for length in numbers.flat_map(|number| [number, number + 1, number - 1]) {
                    let wishes = measured
                        .iter()
                        .filter_map(|(path, what)| Some((path.clone(), Some(of_length(*what, length)?))));
                    found.extend(wishes);
                }
            }
        }
        Condition::Jsonata(_) => {}
    }
}

fn compare(comparison: &Comparison, found: &mut Vec<Wish>) {
    let Ok(path) = Path::parse(&comparison.variable) else { return };
    let keys = keys(&path);
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
        operator if operator.operand() == OperandKind::Path => {
            for value in [
                Value::from(1),
                0.into(),
                2.into(),
                "text".into(),
                "texts".into(),
                "".into(),
                true.into(),
                false.into(),
            ] {
                wish(Some(value));
            }
            for text in ["1999-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
                wish(Some(text.into()));
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

/// The measure of a function.
#[derive(Clone, Copy)]
enum Measured {
    Text,
    Items,
}

/// A text or a list of a length.
fn of_length(what: Measured, length: i64) -> Option<Value> {
    let length = usize::try_from(length.clamp(-1, MOST_LENGTH + 1))
        .ok()
        .filter(|length| *length <= MOST_LENGTH as usize)?;
    Some(match what {
        Measured::Text => "x".repeat(length).into(),
        Measured::Items => Value::array(std::iter::repeat_n(Value::from("text"), length)),
    })
}

/// The paths that an expression reads, those that it measures, and its literals.
#[derive(Default)]
struct Parts {
    paths: Vec<Vec<String>>,
    measured: Vec<(Vec<String>, Measured)>,
    literals: Vec<Value>,
}

fn parts(expression: &Expression, found: &mut Parts) {
    match &expression.kind {
        ExpressionKind::String(text) => found.literals.push(text.as_str().into()),
        #[allow(clippy::cast_possible_truncation)] // a literal that is no whole number is only near
        ExpressionKind::Number(number) => found.literals.push((*number as i64).into()),
        ExpressionKind::Path(_) | ExpressionKind::Variable(_) => {
            found.paths.extend(expression_keys(expression).filter(|keys| !keys.is_empty()));
            return;
        }
        ExpressionKind::Call { function, arguments } => {
            let what = match &function.kind {
                ExpressionKind::Variable(name) if name == "length" => Some(Measured::Text),
                ExpressionKind::Variable(name) if name == "count" => Some(Measured::Items),
                _ => None,
            };
            if let (Some(what), Some(keys)) = (what, arguments.first().and_then(expression_keys)) {
                found.measured.push((keys, what));
            }
            arguments.iter().for_each(|argument| parts(argument, found));
            return;
        }
        _ => {}
    }
    for part in expression.parts() {
        parts(part, found);
    }
}
