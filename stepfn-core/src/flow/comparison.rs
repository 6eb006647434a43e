//! What the comparisons of a Choice say of the values that they compare.

use super::{
    OwnedProperty,
    formula::{Asked, Formula, Order, Place},
    formula::{compared, equals},
    value::{MOST_STEPS, index_key},
};
use crate::{
    asl::{Comparison, Condition, OperandKind, Operator},
    path::{Path, Root, SegmentKind},
    placeholder::has_placeholder,
    shape::{Kind, Need},
    value::Value,
};

/// Returns `true` if something comes in place of an operand that nobody knows here.
pub(super) fn is_placeholder(operand: &Value) -> bool {
    operand.as_str().is_some_and(has_placeholder)
}

pub(super) fn maybe(kind: OperandKind) -> Need<'static> {
    match kind {
        OperandKind::String => Need::MaybeString,
        OperandKind::Number => Need::MaybeNumber,
        OperandKind::Boolean => Need::MaybeBoolean,
        OperandKind::Timestamp => Need::MaybeTimestamp,
        OperandKind::Path => Need::Value,
    }
}

/// Where a path begins, and the keys that lead on, an index as [`index_key`]; none where it can lead to several values.
pub(super) fn asked(text: &str, is: OwnedProperty) -> Formula {
    let Ok((path, _)) = Path::parse_lenient(text) else { return Formula::Open };
    if path.segments.len() > MOST_STEPS {
        return Formula::Open;
    }
    let keys = path.segments.iter().map(|segment| match &segment.kind {
        SegmentKind::Name(name) => Some(name.clone()),
        SegmentKind::Index(index) => Some(index_key(*index)),
        _ => None,
    });
    let Some(keys) = keys.collect() else { return Formula::Open };
    let place = match path.root {
        Root::Input => Place::Input,
        Root::Context => Place::Context,
        Root::Variable(name) => Place::Variable(name),
    };
    Formula::Fact(Asked { place, keys, is, query: false })
}

/// Returns the formula of a comparison. One of a missing value fails, so that the value is there after it, whether it holds or not.
pub(super) fn formula(Comparison { variable, operator, operand, .. }: &Comparison) -> Formula {
    let of_kind = |kind| OwnedProperty::Kind(kind);
    let is_open = is_placeholder(operand);
    let is = match operator {
        Operator::IsPresent => OwnedProperty::There,
        Operator::IsNull => of_kind(Kind::Null),
        Operator::IsString => of_kind(Kind::String),
        Operator::IsNumeric => of_kind(Kind::Number),
        Operator::IsBoolean => of_kind(Kind::Boolean),
        Operator::IsTimestamp => of_kind(Kind::Timestamp),
        Operator::StringEquals | Operator::BooleanEquals if !is_open => {
            equals(operand).unwrap_or(OwnedProperty::There)
        }
        operator => match operator.compares() {
            OperandKind::String => of_kind(Kind::String),
            OperandKind::Number => of_kind(Kind::Number),
            OperandKind::Boolean => of_kind(Kind::Boolean),
            OperandKind::Timestamp => of_kind(Kind::Timestamp),
            OperandKind::Path => OwnedProperty::There,
        },
    };
    let decides = operator.is_test()
        || !is_open && matches!(operator, Operator::StringEquals | Operator::BooleanEquals);
    let mut there = Vec::new();
    if *operator != Operator::IsPresent {
        there.push(asked(variable, OwnedProperty::There));
    }
    let mut holds = asked(variable, is.clone());
    if operator.operand() == OperandKind::Path
        && let Some(path) = operand.as_str()
    {
        there.push(asked(path, OwnedProperty::There));
        // AWS takes what is no number for one there: a null is 0.
        if operator.compares() != OperandKind::Number {
            holds = Formula::All(vec![holds, asked(path, is)]);
        }
    }
    let order = match operator {
        Operator::NumericLessThan => Some(Order::Less),
        Operator::NumericLessThanEquals => Some(Order::LessOrEqual),
        Operator::NumericGreaterThan => Some(Order::Greater),
        Operator::NumericGreaterThanEquals => Some(Order::GreaterOrEqual),
        _ => None,
    };
    let bound = order.and_then(|order| compared(order, operand.as_f64()?));
    let fails = match bound {
        Some(bound) => {
            let bound = asked(variable, bound);
            holds = Formula::All(vec![holds, bound.clone()]);
            bound.not()
        }
        None if decides => holds.clone().not(),
        None => Formula::Open,
    };
    let with = |more: Formula| Box::new(Formula::All(there.iter().cloned().chain([more]).collect()));
    let both = Formula::Either { yes: with(holds), no: with(fails) };
    if operator.is_test() && operand.as_bool() == Some(false) { both.not() } else { both }
}

pub(super) fn known_part(keys: &[String]) -> Option<(&'static str, &[String])> {
    FACTS.iter().find_map(|(name, part)| {
        let (first, rest) = keys.split_at_checked(part.len())?;
        (first == *part).then_some((*name, rest))
    })
}

/// The paths that a condition asks about, as they are written; of one that may be missing, what it would be part of.
pub(super) fn asked_for(condition: &Condition, found: &mut Vec<(Asked, String)>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| asked_for(part, found));
        }
        Condition::Not(inner) | Condition::Annotated(inner, _) => asked_for(inner, found),
        Condition::Compare(Comparison { variable, operator, .. }) => {
            let Formula::Fact(mut asked) = asked(variable, OwnedProperty::There) else { return };
            let mut shown = variable.clone();
            if *operator == Operator::IsPresent {
                asked.keys.pop();
                shown = match &asked.place {
                    Place::Variable(name) => format!("${name}"),
                    _ => "$".to_owned(),
                };
                asked.keys.iter().for_each(|key| shown.push_str(&crate::path::member(key)));
            }
            found.push((asked, shown));
        }
        Condition::Jsonata(_) => {}
    }
}

/// Where on the number line a comparison has its bound, and beside which others that is known: nobody knows on which side of a number
/// something is that comes in place of a placeholder.
pub(super) fn bound(comparison: &Comparison) -> Option<(f64, Option<&str>)> {
    match &comparison.operand {
        Value::String(text) if is_placeholder(&comparison.operand) => Some((0.0, Some(text))),
        operand => Some((operand.as_f64()?, None)),
    }
}

/// The path on which rules cover the number line.
pub(super) fn covers_numbers<'c>(conditions: &[&'c Condition]) -> Option<&'c str> {
    let comparisons: Vec<(&'c Comparison, f64, Option<&'c str>)> = conditions
        .iter()
        .filter_map(|condition| match *condition {
            Condition::Compare(comparison) => {
                let (bound, beside) = bound(comparison)?;
                Some((comparison, bound, beside))
            }
            _ => None,
        })
        .collect();
    let mut variables: Vec<(&'c str, Option<&'c str>)> = Vec::new();
    for (comparison, _, beside) in &comparisons {
        let of = (comparison.variable.as_str(), *beside);
        if !variables.contains(&of) {
            variables.push(of);
        }
    }
    let found = variables.into_iter().find(|of| {
        // Everything below `below` and above `above` is taken, the bound itself if the flag is set.
        let (mut below, mut above): (Option<Bound>, Option<Bound>) = (None, None);
        let mut equal = Vec::new();
        let same = comparisons.iter().filter(|(one, _, beside)| (one.variable.as_str(), *beside) == *of);
        for &(comparison, bound, _) in same {
            match comparison.operator {
                Operator::NumericLessThan | Operator::NumericLessThanEquals => {
                    let this = (bound, comparison.operator == Operator::NumericLessThanEquals);
                    below = Some(below.map_or(this, |best| {
                        if this.0 > best.0 || (this.0 == best.0 && this.1) { this } else { best }
                    }));
                }
                Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => {
                    let this = (bound, comparison.operator == Operator::NumericGreaterThanEquals);
                    above = Some(above.map_or(this, |best| {
                        if this.0 < best.0 || (this.0 == best.0 && this.1) { this } else { best }
                    }));
                }
                Operator::NumericEquals => equal.push(bound),
                _ => {}
            }
        }
        match (below, above) {
            (Some((below, with_below)), Some((above, with_above))) => {
                above < below || (above == below && (with_below || with_above || equal.contains(&below)))
            }
            _ => false,
        }
    });
    found.map(|(variable, _)| variable)
}

/// The parts of the context object that are the same in each state, by the keys that lead there.
pub(super) const FACTS: [(&str, &[&str]); 2] =
    [("Execution.Input", &["Execution", "Input"]), ("Map.Item.Value", &["Map", "Item", "Value"])];

/// A bound of a number, and whether it belongs to what is bounded.
pub(super) type Bound = (f64, bool);
