//! The conditions of `[?(...)]`, as Jayway evaluates them.

use std::{borrow::Cow, cmp::Ordering};

use stepfn_core::{
    path::{Filter, FilterOp, FilterOperand, FilterPath},
    value::Value,
};

use super::{
    number,
    path::{Steps, Unsupported},
};

/// A compiled filter.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Or(Box<[Self]>),
    And(Box<[Self]>),
    Not(Box<Self>),
    Exists(Operand),
    Compare { left: Operand, op: FilterOp, right: Operand },
}

#[derive(Clone, Debug)]
pub(super) enum Operand {
    Path { from_root: bool, steps: Steps },
    Literal(Value),
}

impl Condition {
    pub(super) fn compile(filter: &Filter) -> Result<Self, Unsupported> {
        let all = |filters: &[Filter]| filters.iter().map(Self::compile).collect::<Result<_, _>>();
        Ok(match filter {
            Filter::Or(filters) => Self::Or(all(filters)?),
            Filter::And(filters) => Self::And(all(filters)?),
            Filter::Not(filter) => Self::Not(Box::new(Self::compile(filter)?)),
            Filter::Exists(path) => Self::Exists(Operand::path(path)?),
            Filter::Compare { left, op, right } => {
                if !op.is_supported() {
                    return Err(Unsupported(format!(
                        "the filter operator `{}` is not supported",
                        op.symbol()
                    )));
                }
                Self::Compare { left: Operand::compile(left)?, op: *op, right: Operand::compile(right)? }
            }
        })
    }

    /// Returns `true` if the filter holds for an element; `root` is `$`.
    pub(super) fn holds(&self, element: &Value, root: &Value) -> bool {
        match self {
            Self::Or(filters) => filters.iter().any(|filter| filter.holds(element, root)),
            Self::And(filters) => filters.iter().all(|filter| filter.holds(element, root)),
            Self::Not(filter) => !filter.holds(element, root),
            Self::Exists(path) => path.exists(element, root),
            Self::Compare { left, op, right } => {
                compare(left.value(element, root).as_deref(), *op, right.value(element, root).as_deref())
            }
        }
    }
}

impl Operand {
    fn path(path: &FilterPath) -> Result<Self, Unsupported> {
        let steps = Steps::compile(path.segments.iter().map(|segment| &segment.kind))?;
        Ok(Self::Path { from_root: path.from_root, steps })
    }

    fn compile(operand: &FilterOperand) -> Result<Self, Unsupported> {
        let unreadable = |text: &str| Unsupported(format!("`{text}` is no value to compare with"));
        Ok(Self::Literal(match operand {
            FilterOperand::Path(path) => return Self::path(path),
            FilterOperand::String(text) => text.as_str().into(),
            FilterOperand::Number(text) => {
                Value::Number(number::parse(text).ok_or_else(|| unreadable(text))?)
            }
            FilterOperand::Boolean(value) => (*value).into(),
            FilterOperand::Null => Value::Null,
            FilterOperand::List(_) => return Err(unreadable("[...]")),
            FilterOperand::Regex(text) => return Err(unreadable(text)),
        }))
    }

    fn exists(&self, element: &Value, root: &Value) -> bool {
        match self.value(element, root) {
            // A path that may select several values always gives an array.
            Some(Cow::Owned(Value::Array(found))) => !found.is_empty(),
            found => found.is_some(),
        }
    }

    /// `None` for a path that finds nothing.
    fn value<'v>(&'v self, element: &'v Value, root: &'v Value) -> Option<Cow<'v, Value>> {
        match self {
            Self::Literal(value) => Some(Cow::Borrowed(value)),
            Self::Path { from_root, steps } => {
                let from = if *from_root { root } else { element };
                steps.look_up(from, root).ok().map(|found| found.unwrap_or(Cow::Owned(Value::Null)))
            }
        }
    }
}

fn compare(left: Option<&Value>, op: FilterOp, right: Option<&Value>) -> bool {
    let ordered = |accept: fn(Ordering) -> bool| order(left, right).is_some_and(accept);
    match op {
        FilterOp::Eq => equal(left, right),
        // What is not there is unequal to everything, itself included.
        FilterOp::Ne => !equal(left, right),
        FilterOp::Lt => ordered(Ordering::is_lt),
        FilterOp::Le => ordered(Ordering::is_le),
        FilterOp::Gt => ordered(Ordering::is_gt),
        FilterOp::Ge => ordered(Ordering::is_ge),
        // Refused when the filter was compiled.
        _ => false,
    }
}

fn equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(Value::Number(left)), Some(Value::Number(right))) => left.numeric_cmp(right).is_eq(),
        // A number and its text are equal to Jayway.
        (Some(Value::String(left)), Some(Value::Number(right))) => **left == *right.to_string(),
        (Some(Value::Number(left)), Some(Value::String(right))) => {
            number::parse(right).is_some_and(|right| left.numeric_cmp(&right).is_eq())
        }
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => Some(left.numeric_cmp(right)),
        (Value::String(left), Value::String(right)) => Some(super::choice::compare_text(left, right)),
        _ => None,
    }
}
