//! Formulas of facts about values, and what holds where one does or does not.

use super::{present::Present, step::OwnedProperty};
use crate::{shape::Kind, value::Value};

/// The root of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The state's input.
    Input,
    /// The context object.
    Context,
    /// A variable.
    Variable(String),
    /// `$states.result`
    Result,
    /// `$states.errorOutput`
    Error,
    /// `$` in an expression, and what names alone are read of.
    Item,
}

/// A fact: what a value is at a path of keys, an index as [`index_key`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) place: Place,
    pub(super) keys: Vec<String>,
    pub(super) is: OwnedProperty,
    /// Whether the path is JSONata's.
    pub(super) query: bool,
}

/// The facts of a condition.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    /// No fact.
    Open,
    Fact(Asked),
    /// A part of the expression, as it is written, comes to something.
    Written(Present),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// One thing where it holds, another where it does not.
    Either {
        yes: Box<Self>,
        no: Box<Self>,
    },
}

impl Formula {
    /// Returns a formula that has facts only where it holds.
    pub(super) fn only(yes: Self) -> Self {
        Self::Either { yes: Box::new(yes), no: Box::new(Self::Open) }
    }

    /// Goes through the facts that it is made of.
    pub(super) fn facts(&self, see: &mut impl FnMut(&Asked)) {
        match self {
            Self::Open | Self::Written(_) => {}
            Self::Fact(asked) => see(asked),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.facts(see)),
            Self::Not(inner) => inner.facts(see),
            Self::Either { yes, no } => {
                yes.facts(see);
                no.facts(see);
            }
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Something that a condition can be taken to hold of.
pub(super) trait Known: Clone {
    /// The same with a fact known; none where it cannot be.
    fn learn(&self, asked: &Asked, holds: bool) -> Option<Self>;

    /// The same with a part of the expression known to come to something.
    fn learn_written(&self, _written: &Present) -> Self {
        self.clone()
    }

    /// Returns the facts that are known where one of two holds.
    fn either(&self, other: &Self) -> Self;
}

/// Returns the facts where a formula holds, or where it does not; none where that cannot be.
pub(super) fn assume<K: Known>(known: &K, formula: &Formula, holds: bool) -> Option<K> {
    match formula {
        Formula::Open => Some(known.clone()),
        Formula::Fact(asked) => known.learn(asked, holds),
        Formula::Written(written) => Some(if holds { known.learn_written(written) } else { known.clone() }),
        Formula::Not(inner) => assume(known, inner, !holds),
        Formula::Either { yes, no } => assume(known, if holds { yes } else { no }, true),
        Formula::All(parts) if holds => {
            parts.iter().try_fold(known.clone(), |known, part| assume(&known, part, true))
        }
        Formula::Any(parts) if !holds => {
            parts.iter().try_fold(known.clone(), |known, part| assume(&known, part, false))
        }
        // One part decides, and the ones before it did not.
        Formula::All(parts) | Formula::Any(parts) => {
            let mut found: Option<K> = None;
            let mut rest = Some(known.clone());
            for part in parts {
                let Some(before) = rest else { break };
                if let Some(decided) = assume(&before, part, holds) {
                    found = Some(found.map_or_else(|| decided.clone(), |found| found.either(&decided)));
                }
                rest = assume(&before, part, !holds);
            }
            found
        }
    }
}

/// The comparison of a number with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// The same with the sides exchanged.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

/// Returns the property of whole numbers that a comparison with a number has; none where the number is too large for its digits to be
/// certain.
pub(super) fn compared(order: Order, number: f64) -> Option<OwnedProperty> {
    pub(super) const MOST: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation)] // in these bounds nothing is lost
    let whole = |number: f64| (number.abs() < MOST).then_some(number as i128);
    let (up, above) = (whole(number.ceil())?, whole(number.floor())? + 1);
    Some(match order {
        Order::Less => OwnedProperty::Below(up),
        Order::LessOrEqual => OwnedProperty::Below(above),
        Order::Greater => OwnedProperty::From(above),
        Order::GreaterOrEqual => OwnedProperty::From(up),
    })
}

/// The property of being a JSON value; none where it is of several parts, or a number.
pub(super) fn equals(value: &Value) -> Option<OwnedProperty> {
    match value {
        Value::Null => Some(OwnedProperty::Kind(Kind::Null)),
        Value::Bool(flag) => Some(OwnedProperty::Flag(*flag)),
        Value::String(text) => Some(OwnedProperty::Text(text.to_string())),
        _ => None,
    }
}
